package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// Outline is what a record schema says about the form of one value: its types, the members of an
// object and the elements of an array. Whatever else a schema can say is left out. The zero Outline
// allows anything.
type Outline struct {
	Types      Types               `json:"type"`
	Format     string              `json:"format"`
	Properties map[string]*Outline `json:"properties"`
	Items      *Outline            `json:"items"`
}

// ReadOutline reads the outline of a schema.
func ReadOutline(schema []byte) (*Outline, error) {
	o := new(Outline)
	if err := json.Unmarshal(schema, o); err != nil {
		return nil, fmt.Errorf("the schema is not valid: %w", err)
	}
	return o, nil
}

// UnmarshalJSON implements [json.Unmarshaler]. A schema may be true or false, and a list of items
// has one schema for each place; neither has an outline.
func (o *Outline) UnmarshalJSON(raw []byte) error {
	type plain Outline
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
	*o = Outline(p.plain)
	if isObject, _ := jsonraw.EmptyObject(p.Items); isObject {
		return json.Unmarshal(p.Items, &o.Items)
	}
	return nil
}

// Allows reports whether a value has a type that the schema allows. An integer is a number, and a
// number without a fraction is an integer.
func (o *Outline) Allows(value []byte) bool {
	kind := KindOf(value)
	return len(o.Types) == 0 || o.Types.Has(kind) ||
		kind == "integer" && o.Types.Has("number") || kind == "number" && o.Types.Has("integer") &&
		isFractionless(value)
}

// Types are the types that a schema allows. None means any.
type Types []string

// UnmarshalJSON implements [json.Unmarshaler]. A single type needs no list.
func (t *Types) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == jsonraw.String {
		*t = make(Types, 1)
		return json.Unmarshal(raw, &(*t)[0])
	}
	return json.Unmarshal(raw, (*[]string)(t))
}

// Has reports whether a type is among t.
func (t Types) Has(name string) bool { return slices.Contains(t, name) }

// KindOf returns the type of a JSON value as schemas name it. A number is an integer when it is
// written without a fraction and an exponent. White space may stand around the value, as it can in
// a record of an author's own.
func KindOf(value []byte) string {
	switch value[0] {
	case ' ', '\t', '\n', '\r':
		return KindOf(bytes.TrimSpace(value))
	case jsonraw.ObjectStart:
		return "object"
	case jsonraw.ArrayStart:
		return "array"
	case jsonraw.String:
		return "string"
	case jsonraw.True, jsonraw.False:
		return "boolean"
	case jsonraw.Null:
		return "null"
	}
	for _, c := range value {
		if c == '.' || c == 'e' || c == 'E' {
			return "number"
		}
	}
	return "integer"
}

// isFractionless reports whether a number has a fraction of zeros, and no exponent.
func isFractionless(number []byte) bool {
	point := slices.Index(number, '.')
	return point >= 0 && !slices.ContainsFunc(number[point+1:],
		func(c byte) bool { return c != '0' })
}
