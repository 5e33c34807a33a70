package http

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/airbyte-go/cdk/internal/jsonraw"
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
func Cast(schema sources.Schema) Edit { return &casting{schema: schema} }

type casting struct {
	schema sources.Schema
	mu     sync.Mutex
	root   *caster
}

func (c *casting) begin(ctx context.Context, _ sources.Slice) (editor, error) {
	root, err := c.caster(ctx)
	if err != nil {
		return nil, err
	}
	var out []byte
	return func(record []byte) ([]byte, error) {
		out = root.appendObject(out[:0], record)
		return out, nil
	}, nil
}

// caster reads the schema, once.
func (c *casting) caster(ctx context.Context) (*caster, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.root != nil {
		return c.root, nil
	}
	raw, err := c.schema(ctx)
	if err != nil {
		return nil, fmt.Errorf("the schema to Cast to: %w", err)
	}
	var root caster
	if err := json.Unmarshal(raw, &root); err != nil {
		return nil, fmt.Errorf("the schema to Cast to is not valid: %w", err)
	}
	c.root = &root
	return c.root, nil
}

// caster is what a schema says about one value.
type caster struct {
	Types      typeList           `json:"type"`
	Properties map[string]*caster `json:"properties"`
	Items      *caster            `json:"items"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A schema may be true or false, and a list of items
// has one schema for each place; neither says anything about a cast.
func (c *caster) UnmarshalJSON(raw []byte) error {
	type plain caster
	var p struct {
		plain
		Items json.RawMessage `json:"items"`
	}
	if isObject, _ := jsonraw.EmptyObject(raw); !isObject {
		return nil
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	*c = caster(p.plain)
	if isObject, _ := jsonraw.EmptyObject(p.Items); isObject {
		return json.Unmarshal(p.Items, &c.Items)
	}
	return nil
}

// typeList is a type or several.
type typeList []string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *typeList) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == jsonraw.String {
		*t = make(typeList, 1)
		return json.Unmarshal(raw, &(*t)[0])
	}
	return json.Unmarshal(raw, (*[]string)(t))
}

func (t typeList) has(name string) bool { return slices.Contains(t, name) }

// appendValue appends a value with the types of the schema.
func (c *caster) appendValue(dst, value []byte) []byte {
	switch kind := value[0]; {
	case kind == jsonraw.ObjectStart && c.allows(kind):
		return c.appendObject(dst, value)
	case kind == jsonraw.ArrayStart && c.allows(kind):
		return c.appendArray(dst, value)
	case kind == jsonraw.Null, c.allows(kind):
		return append(dst, value...)
	}
	return c.convert(dst, value)
}

// allows reports whether a value of a kind has a type that the schema allows.
func (c *caster) allows(kind byte) bool {
	if len(c.Types) == 0 {
		return true
	}
	switch kind {
	case jsonraw.ObjectStart:
		return c.Types.has("object")
	case jsonraw.ArrayStart:
		return c.Types.has("array")
	case jsonraw.String:
		return c.Types.has("string")
	case jsonraw.True, jsonraw.False:
		return c.Types.has("boolean")
	}
	return c.Types.has("number") || c.Types.has("integer")
}

func (c *caster) appendObject(dst, object []byte) []byte {
	if len(c.Properties) == 0 {
		return append(dst, object...)
	}
	start := len(dst)
	for w := jsonraw.Walk(object); w.Next(); {
		dst = appendSeparator(dst, start, '{')
		property := c.Properties[string(w.Name())]
		if property == nil {
			dst = append(dst, w.Text()...)
			continue
		}
		dst = append(jsonraw.AppendString(dst, w.Name()), ':')
		dst = property.appendValue(dst, w.Value())
	}
	return appendEnd(dst, start, "{}")
}

func (c *caster) appendArray(dst, array []byte) []byte {
	if c.Items == nil {
		return append(dst, array...)
	}
	start := len(dst)
	for element, err := range jsonraw.Elements(array) {
		if err != nil { // it was valid before
			return append(dst[:start], array...)
		}
		dst = c.Items.appendValue(appendSeparator(dst, start, '['), element)
	}
	return appendEnd(dst, start, "[]")
}

// convert appends a value of another type than the schema allows.
func (c *caster) convert(dst, value []byte) []byte {
	text, isText := value, false
	if value[0] == jsonraw.String {
		s, _ := jsonraw.Unquote(value)
		text, isText = bytes.TrimSpace([]byte(s)), true
	}
	switch {
	case isText && len(text) == 0:
		return append(dst, "null"...)
	case c.Types.has("integer") && isInteger(text), c.Types.has("number") && isNumber(text):
		return append(dst, text...)
	case c.Types.has("boolean") && value[0] != jsonraw.ObjectStart && boolean(text) != "":
		return append(dst, boolean(text)...)
	case c.Types.has("array"):
		dst = append(dst, '[')
		if c.Items == nil {
			return append(append(dst, value...), ']')
		}
		return append(c.Items.appendValue(dst, value), ']')
	case c.Types.has("string"): // and the value is none
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
