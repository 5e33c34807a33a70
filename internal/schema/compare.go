package schema

import (
	"fmt"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// Comparison finds where records differ from a schema: fields that it does not mention, and values
// of another type than it allows. Each field is told once. It is not safe for concurrent use.
type Comparison struct {
	outline *Outline
	told    map[string]bool
	path    []string
}

// Compare returns a comparison with a schema.
func Compare(schema []byte) (*Comparison, error) {
	o, err := ReadOutline(schema)
	if err != nil {
		return nil, err
	}
	return &Comparison{outline: o, told: map[string]bool{}}, nil
}

// Differences returns what is new in a record, a valid JSON object, as phrases that name the field
// by its dotted path. They hold no value. After maxTold fields it finds nothing more.
func (c *Comparison) Differences(record []byte) []string {
	if len(c.told) >= maxTold {
		return nil
	}
	return c.value(nil, c.outline, record)
}

// maxTold bounds the fields that are told, for records whose names are data.
const maxTold = 100

func (c *Comparison) value(found []string, o *Outline, value []byte) []string {
	kind := KindOf(value)
	switch {
	case !o.Allows(value) && (kind != "null" || len(c.path) == 0):
		return c.tell(found, fmt.Sprintf("is of type %s, but the schema says %s", kind,
			strings.Join(o.Types, " or ")))
	case kind == "object" && o.Properties != nil:
		for w := jsonraw.Walk(value); w.Next(); {
			found = c.member(found, o.Properties[string(w.Name())], w)
		}
	case kind == "array" && o.Items != nil:
		c.path = append(c.path, "*")
		for element, err := range jsonraw.Elements(value) {
			if err == nil {
				found = c.value(found, o.Items, element)
			}
		}
		c.path = c.path[:len(c.path)-1]
	}
	return found
}

func (c *Comparison) member(found []string, o *Outline, w jsonraw.Walker) []string {
	c.path = append(c.path, string(w.Name()))
	if o == nil {
		found = c.tell(found, "is not in the schema")
	} else {
		found = c.value(found, o, w.Value())
	}
	c.path = c.path[:len(c.path)-1]
	return found
}

// tell adds what is wrong with the present field, unless it was told before.
func (c *Comparison) tell(found []string, what string) []string {
	field := strings.Join(c.path, ".")
	if c.told[field] {
		return found
	}
	c.told[field] = true
	return append(found, field+" "+what)
}
