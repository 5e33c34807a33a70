package http

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	nethttp "net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// Params are parameters of a request by name. Their values are templates: {from} and {to} stand for
// the bounds of the slice, spelled as the cursor writes them, and {name} for the value of that name
// in the partition. A parameter whose template names an open bound, or a value that the partition
// does not have, is not sent; one without placeholders always is.
type Params map[string]string

// placeholderPattern leaves braces alone that hold anything but a name, so that a template may be
// JSON.
var placeholderPattern = regexp.MustCompile(`\{[A-Za-z_][A-Za-z0-9_.]*\}`)

// bindings gives a placeholder, named without braces, its value: as text, and as JSON. Both are
// empty for an open bound, and for what the partition does not have.
type bindings func(name string) (text string, raw json.RawMessage)

// bind returns the bindings of a slice.
func bind(s sources.Slice) bindings {
	return func(name string) (string, json.RawMessage) {
		switch name {
		case "from":
			return s.From.String(), rawValue(s.From)
		case "to":
			return s.To.String(), rawValue(s.To)
		}
		text := s.Partition.Get(name)
		if text == "" {
			return "", nil
		}
		return text, s.Partition.Raw(name)
	}
}

// rawValue returns a bound as JSON: an integer as a number, a time as a string.
func rawValue(v sources.Value) json.RawMessage {
	switch {
	case v.IsZero():
		return nil
	case v.Time().IsZero():
		return json.RawMessage(v.String())
	}
	return jsonraw.AppendString(nil, v.String())
}

// placeholders returns the names that have a meaning in the templates of a stream, and nil when
// only its partitions know.
func (s *Stream) placeholders() []string {
	known := []string{"from", "to"}
	if s.Partitions == nil {
		return known
	}
	names := sources.PartitionNames(s.Partitions)
	if names == nil {
		return nil
	}
	return append(known, names...)
}

// expand fills in a template. open is a placeholder without a value, empty when there is none.
func expand(template string, b bindings, escape func(string) string) (text, open string) {
	if !strings.Contains(template, "{") {
		return template, "" // each request would pay for the search
	}
	text = placeholderPattern.ReplaceAllStringFunc(template, func(name string) string {
		value, _ := b(name[1 : len(name)-1])
		if value == "" {
			open = name
		}
		return escape(value)
	})
	return text, open
}

func unescaped(s string) string { return s }

// expandPath fills in a path. Its values are escaped, and an open one is an error: a path with a
// hole would ask for something else.
func expandPath(template string, b bindings) (string, error) {
	path, query, hasQuery := strings.Cut(template, "?")
	text, open := expand(path, b, escapeSegment)
	if hasQuery {
		filled, openInQuery := expand(query, b, url.QueryEscape)
		text, open = text+"?"+filled, cmp.Or(open, openInQuery)
	}
	if open != "" {
		return "", noValue(template, open)
	}
	return text, nil
}

// noValue says that a path has a hole.
func noValue(template, open string) error {
	if open == "{from}" || open == "{to}" {
		return protocol.Errorf(protocol.SystemError, "The path %q needs a value for %s, but "+
			"this slice is open there. Give the cursor a Start, or move the value to Query, "+
			"where it is left out.", template, open)
	}
	return protocol.Errorf(protocol.SystemError, "The path %q needs a value for %s, which the "+
		"partition does not have, or has empty. Check the Partitions of the stream.", template,
		open)
}

// escapeSegment escapes a value so that it stays one segment: . and .. as a whole would climb.
func escapeSegment(value string) string {
	if value == "." || value == ".." {
		return strings.ReplaceAll(value, ".", "%2E")
	}
	return url.PathEscape(value)
}

// values returns the parameters to send for a slice.
func (p Params) values(b bindings) url.Values {
	query := url.Values{}
	for name, template := range p {
		if text, open := expand(template, b, unescaped); open == "" {
			query.Set(name, text)
		}
	}
	return query
}

// header returns the headers to send for a slice.
func (p Params) header(b bindings) nethttp.Header {
	header := nethttp.Header{}
	for name, template := range p {
		if text, open := expand(template, b, unescaped); open == "" {
			header.Set(name, text)
		}
	}
	return header
}

// checkTemplate reports the first placeholder in a template that has no meaning. Nil known means
// that any may have one.
func checkTemplate(field, template string, known []string) error {
	for _, name := range placeholderPattern.FindAllString(template, -1) {
		if known != nil && !slices.Contains(known, name[1:len(name)-1]) {
			return fmt.Errorf("%s has the unknown placeholder %s; known are {%s}",
				field, name, strings.Join(known, "} and {"))
		}
	}
	return nil
}

// check reports the first placeholder that has no meaning.
func (p Params) check(field string, known []string) error {
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if err := checkTemplate(fmt.Sprintf("%s[%q]", field, name), p[name], known); err != nil {
			return err
		}
	}
	return nil
}
