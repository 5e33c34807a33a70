package apicode

import (
	"fmt"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
)

// recordType is the Go type of the records of a stream.
func (w *writer) recordType(s *openapi.Stream) string {
	name := w.types[s.Name]
	doc := fmt.Sprintf("// %s is a record of the stream %s. The type only describes the records "+
		"for discover.\n", name, s.Name)
	shape := openapi.Pruned(s.Record)
	own := inherited(s, shape)
	if len(shape.Fields) == 0 && own == "" {
		return doc + "type " + name + " map[string]json.RawMessage\n\n"
	}
	members := newNames(nil)
	var b strings.Builder
	fmt.Fprintf(&b, "%stype %s struct {\n", doc, name)
	if own != "" {
		members.free(openapi.GoName(s.Inherit[0]), "Value")
		b.WriteString(own)
	}
	b.WriteString(fields(shape, s.Key, members))
	b.WriteString("}\n\n")
	return b.String()
}

// inherited is the field for the value of the parent that a record gets, unless it has one of that
// name.
func inherited(s *openapi.Stream, shape *openapi.Shape) string {
	if len(s.Inherit) == 0 {
		return ""
	}
	name := s.Inherit[0]
	for _, f := range shape.Fields {
		if f.Name == name {
			return ""
		}
	}
	kind := "string"
	for _, f := range s.Parent.Stream.Record.Fields {
		if f.Name == s.Parent.Key {
			kind = goType(f.Shape)
		}
	}
	return fmt.Sprintf("%s %s `json:%q` // of the parent\n", openapi.GoName(name),
		strings.TrimPrefix(kind, "*"), name)
}

// fields are the fields of a struct: the key first, then by name.
func fields(s *openapi.Shape, key string, members names) string {
	var b strings.Builder
	write := func(f openapi.Field) {
		tag := fmt.Sprintf("json:%q", f.Name)
		leaf := f.Shape
		for leaf.Kind == openapi.Array {
			leaf = leaf.Items
		}
		if leaf.Kind == openapi.String && leaf.Format == "date" {
			tag += ` format:"date"`
		}
		fmt.Fprintf(&b, "%s %s `%s`\n", members.free(openapi.GoName(f.Name), "Value"),
			goType(f.Shape), tag)
	}
	for _, f := range s.Fields {
		if f.Name == key {
			write(f)
		}
	}
	for _, f := range s.Fields {
		if f.Name != key {
			write(f)
		}
	}
	return b.String()
}

// goType is the Go type of a value.
func goType(s *openapi.Shape) string {
	text := plainType(s)
	if !s.Nullable || strings.HasPrefix(text, "[]") || strings.HasPrefix(text, "map[") ||
		text == "json.RawMessage" {
		return text
	}
	return "*" + text
}

func plainType(s *openapi.Shape) string {
	switch s.Kind {
	case openapi.Any:
	case openapi.Object:
		if len(s.Fields) == 0 {
			return "map[string]json.RawMessage"
		}
		return "struct {\n" + fields(s, "id", newNames(nil)) + "}"
	case openapi.Array:
		return "[]" + plainType(s.Items)
	case openapi.Map:
		return "map[string]" + plainType(s.Items)
	case openapi.String:
		if s.Format == "date-time" {
			return "time.Time"
		}
		return "string"
	case openapi.Integer:
		return "int64"
	case openapi.Number:
		return "json.Number"
	case openapi.Boolean:
		return "bool"
	}
	return "json.RawMessage"
}
