package http

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/sources"
)

// Cast gives the values of each record the types of a schema, where that loses nothing:
//
//   - for a number or integer, a string that spells one becomes one, digit for digit
//   - for a boolean, the strings true and false, t and f, yes and no, y and n, 1 and 0 in any case,
//     and the numbers 1 and 0
//   - for a string, anything else becomes its JSON text
//   - for an array, anything else becomes its one element
//   - for all but a string, "" and a string of white space become null
//
// A value that has one of the types the schema allows stays as it is, and so does one that cannot
// become any of them. Nested objects and arrays are cast as well; what the schema does not mention
// is left alone.
//
// The schema is asked for when the first slice is read, and once more for each slice until it has
// been answered.
func Cast(to sources.Schema) Edit { return &casting{schema: to} }

type casting struct {
	schema sources.Schema
	mu     sync.Mutex
	root   *schema.Outline
}

func (c *casting) begin(ctx context.Context, _ sources.Slice) (editor, error) {
	root, err := c.outline(ctx)
	if err != nil {
		return nil, err
	}
	var out []byte
	return func(record []byte) ([]byte, error) {
		out = castObject(out[:0], root, record)
		return out, nil
	}, nil
}

// outline reads the schema, once.
func (c *casting) outline(ctx context.Context) (*schema.Outline, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.root != nil {
		return c.root, nil
	}
	raw, err := c.schema(ctx)
	if err != nil {
		return nil, fmt.Errorf("the schema to Cast to: %w", err)
	}
	if c.root, err = schema.ReadOutline(raw); err != nil {
		return nil, fmt.Errorf("the schema to Cast to: %w", err)
	}
	return c.root, nil
}

// castValue appends a value with the types of the schema.
func castValue(dst []byte, o *schema.Outline, value []byte) []byte {
	kind := schema.KindOf(value)
	switch {
	case kind != "null" && !o.Allows(value):
		return convert(dst, o, value)
	case kind == "object":
		return castObject(dst, o, value)
	case kind == "array":
		return castArray(dst, o, value)
	}
	return append(dst, value...)
}

func castObject(dst []byte, o *schema.Outline, object []byte) []byte {
	if len(o.Properties) == 0 {
		return append(dst, object...)
	}
	start := len(dst)
	for w := jsonraw.Walk(object); w.Next(); {
		dst = appendSeparator(dst, start, '{')
		property := o.Properties[string(w.Name())]
		if property == nil {
			dst = append(dst, w.Text()...)
			continue
		}
		dst = append(jsonraw.AppendString(dst, w.Name()), ':')
		dst = castValue(dst, property, w.Value())
	}
	return appendEnd(dst, start, "{}")
}

func castArray(dst []byte, o *schema.Outline, array []byte) []byte {
	if o.Items == nil {
		return append(dst, array...)
	}
	start := len(dst)
	for element, err := range jsonraw.Elements(array) {
		if err != nil { // it was valid before
			return append(dst[:start], array...)
		}
		dst = castValue(appendSeparator(dst, start, '['), o.Items, element)
	}
	return appendEnd(dst, start, "[]")
}

// convert appends a value of another type than the schema allows.
func convert(dst []byte, o *schema.Outline, value []byte) []byte {
	text, isText := value, false
	if value[0] == jsonraw.String {
		s, _ := jsonraw.Unquote(value)
		text, isText = bytes.TrimSpace([]byte(s)), true
	}
	switch {
	case isText && len(text) == 0:
		return append(dst, "null"...)
	case o.Types.Has("integer") && isInteger(text), o.Types.Has("number") && isNumber(text):
		return append(dst, text...)
	case o.Types.Has("boolean") && boolean(text) != "":
		return append(dst, boolean(text)...)
	case o.Types.Has("array"):
		dst = append(dst, '[')
		if o.Items == nil {
			return append(append(dst, value...), ']')
		}
		return append(castValue(dst, o.Items, value), ']')
	case o.Types.Has("string"): // and the value is none
		return jsonraw.AppendString(dst, value)
	}
	return append(dst, value...)
}

// isNumber reports whether text is a number as JSON spells it.
func isNumber(text []byte) bool {
	return isDigit(text[0]) && jsonraw.Valid(text) == nil
}

func isInteger(text []byte) bool { return isNumber(text) && !bytes.ContainsAny(text, ".eE") }

// boolean returns the literal that a text stands for, empty when it stands for none.
func boolean(text []byte) string {
	switch strings.ToLower(string(text)) {
	case "true", "t", "yes", "y", "1":
		return "true"
	case "false", "f", "no", "n", "0":
		return "false"
	}
	return ""
}
