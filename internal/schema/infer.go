package schema

import (
	"encoding/json"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// Inference learns the schema of records from samples. Types widen: an integer and a number make a
// number, other types stand side by side. Every property may be null, as in [Record]. A property
// that was always null is taken for a string, an array that was always empty has any elements. A
// string gets the format date, date-time or uuid when all of its samples have it.
//
// Its zero value has seen nothing. It is not safe for concurrent use.
type Inference struct {
	root    shape
	records int
}

// The size of a schema is bounded, for records whose names are data.
const (
	maxInferredNames = 1000
	maxInferredDepth = 50
)

// Add learns from one record, a valid JSON object.
func (i *Inference) Add(record []byte) {
	i.records++
	i.root.add(record, 0)
}

// Records returns how many records were added.
func (i *Inference) Records() int { return i.records }

// Schema returns the schema of all records so far. The caller owns it.
func (i *Inference) Schema() json.RawMessage {
	root := newObject().set("$schema", draft07).set("type", "object")
	root.set("additionalProperties", true)
	return render(root.set("properties", i.root.properties()))
}

// shape is what is known of the values at one place.
type shape struct {
	kinds   []string    // in the order of their first appearance, without null
	formats textFormats // of strings
	names   []string    // of members, in the order of their first appearance
	members map[string]*shape
	items   *shape
}

func (s *shape) add(value []byte, depth int) {
	kind := KindOf(value)
	if kind == "null" {
		return
	}
	first := s.note(kind)
	switch {
	case kind == "string":
		text, _ := jsonraw.Unquote(value)
		if found := formatsOf(text); first {
			s.formats = found
		} else {
			s.formats &= found
		}
	case depth >= maxInferredDepth:
	case kind == "object":
		for w := jsonraw.Walk(value); w.Next(); {
			if m := s.member(w.Name()); m != nil {
				m.add(w.Value(), depth+1)
			}
		}
	case kind == "array":
		if s.items == nil {
			s.items = new(shape)
		}
		for element, err := range jsonraw.Elements(value) {
			if err == nil {
				s.items.add(element, depth+1)
			}
		}
	}
}

// note adds a type; first says that it is new.
func (s *shape) note(kind string) (first bool) {
	for i, known := range s.kinds {
		switch {
		case known == kind, known == "number" && kind == "integer":
			return false
		case known == "integer" && kind == "number":
			s.kinds[i] = kind
			return false
		}
	}
	s.kinds = append(s.kinds, kind)
	return true
}

// member returns the shape of a member; nil when there are too many.
func (s *shape) member(name []byte) *shape {
	if m, ok := s.members[string(name)]; ok {
		return m
	}
	if len(s.names) >= maxInferredNames {
		return nil
	}
	if s.members == nil {
		s.members = map[string]*shape{}
	}
	m := new(shape)
	s.names = append(s.names, string(name))
	s.members[string(name)] = m
	return m
}

// schema is the schema of the values.
func (s *shape) schema() *object {
	if len(s.kinds) == 0 {
		return newObject().set("type", nullable("string"))
	}
	o := newObject().set("type", append([]string{"null"}, s.kinds...))
	if len(s.kinds) == 1 {
		s.formats.describe(o)
	}
	for _, kind := range s.kinds {
		switch {
		case kind == "object":
			o.set("additionalProperties", true).set("properties", s.properties())
		case kind == "array" && s.items != nil && len(s.items.kinds) > 0:
			o.set("items", s.items.schema())
		}
	}
	return o
}

func (s *shape) properties() *object {
	properties := newObject()
	for _, name := range s.names {
		properties.set(name, s.members[name].schema())
	}
	return properties
}

// textFormats are those that all strings at one place have.
type textFormats uint8

const (
	formatDate textFormats = 1 << iota
	formatZoned
	formatUnzoned
	formatUUID
)

func formatsOf(text string) textFormats {
	switch {
	case len(text) < len(time.DateOnly):
		return 0
	case isFormat("date", text):
		return formatDate
	case isFormat("date-time", text):
		return formatZoned
	case isUnzoned(text):
		return formatUnzoned
	case isFormat("uuid", text):
		return formatUUID
	}
	return 0
}

// isUnzoned reports whether text is a date-time without a time zone, which RFC 3339 does not know
// but many APIs do.
func isUnzoned(text string) bool {
	_, err := time.Parse("2006-01-02T15:04:05.999999999", text)
	return err == nil
}

// describe adds the format to the schema of a string.
func (f textFormats) describe(o *object) {
	switch f {
	case formatDate:
		o.set("format", "date")
	case formatZoned:
		o.set("format", "date-time").set("airbyte_type", "timestamp_with_timezone")
	case formatUnzoned:
		o.set("format", "date-time").set("airbyte_type", "timestamp_without_timezone")
	case formatUUID:
		o.set("format", "uuid")
	}
}
