package acceptance

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// place is one schema within a document of schemas, and where it stands.
type place struct {
	path   []string // from the root; names of properties, keywords and indexes
	name   string   // of the property that it describes; empty for a branch or an item
	schema map[string]any
	parent *place
}

// String is the path as people write it.
func (p *place) String() string {
	if len(p.path) == 0 {
		return "the root"
	}
	return strings.Join(p.path, ".")
}

// places walks the schemas in a schema, each before those within it. It follows keywords, so that
// a property named "not" is no keyword, and names in the order of the alphabet.
func places(root map[string]any) iter.Seq[*place] {
	return func(yield func(*place) bool) {
		(&place{schema: root}).walk(yield)
	}
}

func (p *place) walk(yield func(*place) bool) bool {
	if !yield(p) {
		return false
	}
	for _, keyword := range []string{"properties", "patternProperties", "definitions", "$defs"} {
		named := members(p.schema, keyword)
		for _, name := range sorted(named) {
			property := ""
			if keyword == "properties" {
				property = name
			}
			if !p.enter(yield, named[name], property, keyword, name) {
				return false
			}
		}
	}
	for _, keyword := range []string{
		"items", "additionalProperties", "not", "if", "then", "else", "contains", "oneOf", "anyOf",
		"allOf",
	} {
		if !p.enter(yield, p.schema[keyword], "", keyword) {
			return false
		}
		for i, branch := range p.list(keyword) {
			if !p.enter(yield, branch, "", keyword, strconv.Itoa(i)) {
				return false
			}
		}
	}
	return true
}

func (p *place) enter(yield func(*place) bool, inner any, name string, steps ...string) bool {
	schema, ok := inner.(map[string]any)
	if !ok { // true or false, or nonsense, of which the validity of the schema speaks
		return true
	}
	path := append(slices.Clip(p.path), steps...)
	return (&place{path: path, name: name, schema: schema, parent: p}).walk(yield)
}

// types are what the keyword type says, as a list.
func (p *place) types() []string { return typesOf(p.schema) }

func typesOf(schema map[string]any) (types []string) {
	switch t := schema["type"].(type) {
	case string:
		return []string{t}
	case []any:
		for _, one := range t {
			if name, ok := one.(string); ok {
				types = append(types, name)
			}
		}
	}
	return types
}

func (p *place) has(keyword string) bool {
	_, ok := p.schema[keyword]
	return ok
}

func (p *place) list(keyword string) []any { return elements(p.schema, keyword) }

// elements are the list under a keyword; nil where there is none.
func elements(schema map[string]any, keyword string) []any {
	list, _ := schema[keyword].([]any)
	return list
}

// members are the objects under a keyword; nil where there are none.
func members(schema map[string]any, keyword string) map[string]any {
	m, _ := schema[keyword].(map[string]any)
	return m
}

// decode reads JSON with exact numbers; nil where it is no object.
func decode(text []byte) map[string]any {
	value, err := exact(text)
	if err != nil {
		return nil
	}
	object, _ := value.(map[string]any)
	return object
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// text writes a value of a schema for a sentence.
func text(value any) string {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return clip(string(b))
}
