package acceptance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// conformer compares the records of a stream with its schema.
type conformer struct {
	schema  *jsonschema.Schema
	columns map[string]any
}

// newConformer compiles a schema. The library's date-time always has a zone, and a protocol's
// needs none where airbyte_type says so; the schema is rewritten to say that by a format of ours.
func newConformer(s protocol.Stream) (*conformer, error) {
	root := decode(s.JSONSchema)
	for p := range places(root) {
		switch p.schema["airbyte_type"] {
		case "timestamp_without_timezone":
			p.schema["format"] = "timestamp_without_timezone"
		case "time_without_timezone":
			p.schema["format"] = "time_without_timezone"
		}
	}
	delete(root, "$schema")
	delete(root, "$id")
	document, err := json.Marshal(root)
	if err != nil {
		return nil, err
	}
	compiled, err := schema.Compile(document, recordFormats)
	if err != nil {
		return nil, err
	}
	return &conformer{compiled, members(root, "properties")}, nil
}

// zoneless matches times that say nothing of their zone.
var zoneless = regexp.MustCompile(`^\d{4,}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( BC)?$`)

// zoned matches times with a zone, in the spellings that destinations read.
var zoned = regexp.MustCompile(
	`^\d{4,}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)? ?([Zz]|[+-]\d\d(:?\d\d)?)( BC)?$`)

var (
	timeOfDay         = regexp.MustCompile(`^\d\d:\d\d(:\d\d(\.\d+)?)? ?([Zz]|[+-]\d\d(:?\d\d)?)?$`)
	zonelessTimeOfDay = regexp.MustCompile(`^\d\d:\d\d(:\d\d(\.\d+)?)?$`)
)

// recordFormats are the formats of the protocol's types. A year before Christ ends with BC.
var recordFormats = map[string]func(any) bool{
	"date": textFormat(func(s string) bool {
		_, err := time.Parse(time.DateOnly, strings.TrimSuffix(s, " BC"))
		return err == nil
	}),
	"date-time": textFormat(func(s string) bool { return zoned.MatchString(s) && isCalendar(s) }),
	"timestamp_without_timezone": textFormat(func(s string) bool {
		return zoneless.MatchString(s) && isCalendar(s)
	}),
	"time":                  textFormat(timeOfDay.MatchString),
	"time_without_timezone": textFormat(zonelessTimeOfDay.MatchString),
}

// isCalendar tells whether the day and the minute that a matched text starts with exist.
func isCalendar(s string) bool {
	day, clock := s[:strings.IndexAny(s, "Tt ")], s[strings.IndexAny(s, "Tt ")+1:]
	_, badDay := time.Parse(time.DateOnly, day)
	_, badClock := time.Parse("15:04", clock[:len("15:04")])
	return badDay == nil && badClock == nil
}

func textFormat(is func(string) bool) func(any) bool {
	return func(v any) bool {
		s, ok := v.(string)
		return !ok || is(s)
	}
}

// violations are the places where a record breaks its schema, without its values.
func (c *conformer) violations(data json.RawMessage) (found []string) {
	record, err := exact(data)
	if err != nil {
		return nil // of what is no JSON the rules speak
	}
	wrong, ok := errors.AsType[*jsonschema.ValidationError](c.schema.Validate(record))
	if !ok {
		return nil
	}
	for _, cause := range leaves(wrong) {
		at, keyword := breachOf(cause)
		what := "the record"
		if at != "" {
			what = "the field " + at
		}
		found = append(found, fmt.Sprintf("%s, %s, breaks %s %s", what,
			kindAt(record, cause.InstanceLocation), keyword, ruleAt(c.schema, cause)))
	}
	return found
}

// leaves are the causes that have no cause, except that a oneOf and an anyOf speak for themselves:
// what their branches say contradicts itself.
func leaves(e *jsonschema.ValidationError) (all []*jsonschema.ValidationError) {
	if len(e.Causes) == 0 || strings.HasSuffix(e.KeywordLocation, "Of") {
		return []*jsonschema.ValidationError{e}
	}
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

// kindAt names the JSON type of the value at a pointer, which gives nothing away.
func kindAt(record any, pointer string) string {
	value := record
	for _, step := range stepsOf(pointer) {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			var i int
			if _, err := fmt.Sscanf(step, "%d", &i); err == nil && i < len(v) {
				value = v[i]
			}
		}
	}
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			return "a number with a fraction"
		}
		return "a whole number"
	case []any:
		return "an array"
	}
	return "an object"
}

// breachOf is the place of a cause, with dots and empty for the root, and the keyword that is
// broken there.
func breachOf(cause *jsonschema.ValidationError) (at, keyword string) {
	keyword = cause.KeywordLocation[strings.LastIndexByte(cause.KeywordLocation, '/')+1:]
	return strings.Join(stepsOf(cause.InstanceLocation), "."), keyword
}

// stepsOf are the steps of a pointer from the library, which escapes soundly.
func stepsOf(pointer string) []string {
	steps, _ := schema.Steps(pointer)
	return steps
}

// ruleAt is what the schema says at the place of a cause, as far as it is short.
func ruleAt(s *jsonschema.Schema, cause *jsonschema.ValidationError) string {
	const unknown = "of the schema"
	for path := stepsOf(cause.KeywordLocation); len(path) > 0; path = path[1:] {
		switch path[0] {
		case "type":
			return strings.Join(s.Types, " or ")
		case "format":
			return formatName(s.Format)
		case "items":
			items, ok := s.Items.(*jsonschema.Schema)
			if !ok {
				return unknown
			}
			s = items
		case "properties": // a name follows, which may be that of a keyword
			if len(path) == 1 || s.Properties[path[1]] == nil {
				return unknown
			}
			s, path = s.Properties[path[1]], path[1:]
		default:
			return unknown
		}
	}
	return unknown
}

func formatName(format string) string {
	if format == "date-time" {
		return "date-time, which has a zone unless airbyte_type is timestamp_without_timezone"
	}
	return format
}

// exact decodes with exact numbers.
func exact(data []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}
