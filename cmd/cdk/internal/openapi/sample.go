package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// records is how many records the fake API has of each list.
const records = 3

// maxFields bounds the Go type and the sample of a record: of what nests deeper than MaxNesting, or
// is more, nobody would read a type.
const (
	MaxNesting = 3 // of objects in a record, itself included
	MaxFields  = 400
)

// Pruned is the shape of a record as far as its Go type goes. What lies deeper may be any JSON.
func Pruned(record *Shape) *Shape {
	left := MaxFields
	return prune(record, 1, &left)
}

func prune(s *Shape, level int, left *int) *Shape {
	one := *s
	switch s.Kind {
	case Object:
		if level > MaxNesting || level > 1 && *left < len(s.Fields) {
			return &Shape{Nullable: s.Nullable}
		}
		one.Fields = nil
		*left -= len(s.Fields)
		for _, f := range s.Fields {
			if isTag(f.Name) {
				one.Fields = append(one.Fields, Field{f.Name, prune(f.Shape, level+1, left)})
			}
		}
	case Array, Map:
		one.Items = prune(s.Items, level+1, left)
		if level > MaxNesting && one.Items.Kind == Any {
			return &Shape{Nullable: s.Nullable}
		}
	default: // a scalar stays as it is
	}
	return &one
}

// isTag tells whether encoding/json takes a name in a tag. Others cannot be told in a Go type.
func isTag(name string) bool {
	const odd = "!#$%&()*+-./:;<=>?@[]^_{|}~ "
	isOdd := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') &&
			!strings.ContainsRune(odd, r)
	}
	return name != "" && name != "-" && !strings.ContainsFunc(name, isOdd)
}

// sampler makes values of shapes.
type sampler struct {
	stream *Stream
	number int // of the record, from 1
}

// value is a value of a shape, as JSON: an example if it fits, or one that is made.
func (m sampler) value(b *bytes.Buffer, s *Shape, name string, hints []any) {
	hints = append(slices.Clip(hints), s.hints...)
	switch s.Kind {
	case Object:
		m.object(b, s, hints, func(Field) bool { return false })
	case Array:
		b.WriteByte('[')
		if s.Items.Kind != Any {
			m.value(b, s.Items, name, below(hints, func(v any) (any, bool) {
				list, ok := v.([]any)
				return first(list), ok && len(list) > 0
			}))
		}
		b.WriteByte(']')
	case Map:
		b.WriteString("{}")
	default:
		b.Write(scalar(s, name, hints, m.number))
	}
}

// memberOf finds a member in an example.
func memberOf(name string) func(v any) (any, bool) {
	return func(v any) (any, bool) {
		object, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		value, ok := object[name]
		return value, ok
	}
}

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// below are the hints for what stands within a value.
func below(hints []any, within func(v any) (any, bool)) (all []any) {
	for _, h := range hints {
		if v, ok := within(h); ok {
			all = append(all, v)
		}
	}
	return all
}

func (m sampler) object(b *bytes.Buffer, s *Shape, hints []any, own func(Field) bool) {
	b.WriteByte('{')
	for i, f := range s.Fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quote(f.Name))
		b.WriteByte(':')
		if own(f) {
			b.Write(m.special(f))
			continue
		}
		m.value(b, f.Shape, f.Name, below(hints, memberOf(f.Name)))
	}
	b.WriteByte('}')
}

// record is a record of the stream. Its keys and its cursor are made, so that they differ.
func (m sampler) record(example any) string {
	var b bytes.Buffer
	shape := Pruned(m.stream.Record)
	if shape.Kind == Map || len(shape.Fields) == 0 {
		return fmt.Sprintf(`{"id":%d}`, m.number) // one without members would be none
	}
	var hints []any
	if example != nil {
		hints = []any{example}
	}
	m.object(&b, shape, append(hints, shape.hints...), func(f Field) bool {
		s := m.stream
		return s.Key == f.Name || slices.Contains(s.uses, f.Name) ||
			s.Cursor != nil && s.Cursor.Field == f.Name
	})
	return b.String()
}

// special is the value of a key, or of a cursor.
func (m sampler) special(f Field) []byte {
	if c := m.stream.Cursor; c != nil && c.Field == f.Name {
		at := firstChange.AddDate(0, 0, m.number-1)
		switch kind, _ := timeKind(f.Shape); kind {
		case Days:
			return quote(at.Format(time.DateOnly))
		case UnixSeconds:
			return fmt.Append(nil, at.Unix())
		default:
			return quote(at.Format(time.RFC3339))
		}
	}
	return m.stream.keyValue(f, m.number)
}

// firstChange is when the first record of the fake API was changed.
var firstChange = time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)

// keyValue is the key of the record of that number.
func (s *Stream) keyValue(f Field, number int) []byte {
	switch {
	case f.Kind == Integer || f.Kind == Number:
		return fmt.Append(nil, number)
	case f.Format == "uuid":
		return quote(fmt.Sprintf("00000000-0000-4000-8000-%012d", number))
	case f.Format == "date":
		return quote(firstChange.AddDate(0, 0, number-1).Format(time.DateOnly))
	case f.Format == "date-time":
		return quote(firstChange.AddDate(0, 0, number-1).Format(time.RFC3339))
	}
	return quote(fmt.Sprintf("%s-%d", strings.ReplaceAll(Singular(s.Name), "_", "-"), number))
}

// scalar is an example that fits, or a value that is made of the name.
func scalar(s *Shape, name string, hints []any, number int) []byte {
	for _, h := range hints {
		if text, ok := fitting(s, h); ok {
			return text
		}
	}
	switch s.Kind {
	case Integer, Number:
		if s.Format == "unix" {
			return fmt.Append(nil, firstChange.Unix())
		}
		return fmt.Append(nil, number)
	case Boolean:
		return []byte("false")
	case String:
		switch s.Format {
		case "date":
			return quote(firstChange.Format(time.DateOnly))
		case "date-time":
			return quote(firstChange.Format(time.RFC3339))
		case "uuid":
			return quote(fmt.Sprintf("00000000-0000-4000-8000-%012d", number))
		}
		return quote(fmt.Sprintf("%s %d", strings.Join(words(name), " "), number))
	default:
		return []byte("null")
	}
}

// fitting is an example as JSON, if it is what the shape says.
func fitting(s *Shape, hint any) (text []byte, ok bool) {
	const most = 200
	switch v := hint.(type) {
	case string:
		if s.Kind != String || len(v) > most || !utf8.ValidString(v) {
			return nil, false
		}
		switch s.Format {
		case "date-time":
			_, err := time.Parse(time.RFC3339, v)
			return quote(v), err == nil
		case "date":
			_, err := time.Parse(time.DateOnly, v)
			return quote(v), err == nil
		}
		return quote(v), true
	case bool:
		return fmt.Append(nil, v), s.Kind == Boolean
	case int, int64, uint64:
		return fmt.Append(nil, v), s.Kind == Integer || s.Kind == Number
	case float64:
		const exact = 1 << 53
		isWhole := v == math.Trunc(v) && math.Abs(v) < exact
		if s.Kind == Integer && isWhole {
			return fmt.Appendf(nil, "%.0f", v), true
		}
		text, err := json.Marshal(v)
		return text, err == nil && s.Kind == Number
	}
	return nil, false
}

// quote is a text as JSON.
func quote(text string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(strings.ToValidUTF8(text, "?")); err != nil { // a string has a JSON form
		panic(err)
	}
	return bytes.TrimSpace(b.Bytes())
}
