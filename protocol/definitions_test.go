package protocol

import (
	"bufio"
	_ "embed"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// definitions are the object types and enumerations of the protocol by name. An object within
// another one has the name Parent.field.
type definitions map[string]*definition

// A definition is an object with fields, or of some other type: "object" without fields, or the
// values of an enumeration as "(A|B)".
type definition struct {
	Type   string
	Fields map[string]property
}

// A property's type is a JSON type, "(A|B)", the name of a definition, "a|b" for two types, or
// one of these in brackets for an array, with + when it may not be empty.
type property struct {
	Type     string
	Required bool
}

//go:embed testdata/definitions.txt
var definitionsText string

// parseDefinitions reads the table: a definition starts at the margin, its fields are indented,
// and a required one has an exclamation mark.
func parseDefinitions(t *testing.T, text string) definitions {
	t.Helper()
	defs := definitions{}
	var current *definition
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		line := lines.Text()
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case !strings.HasPrefix(line, " "):
			current = &definition{Type: strings.Join(words[1:], " "), Fields: map[string]property{}}
			defs[words[0]] = current
		default:
			require.Len(t, words, 2, line)
			name, required := strings.CutSuffix(words[0], "!")
			current.Fields[name] = property{Type: words[1], Required: required}
		}
	}
	return defs
}

// yamlNode is what the checks need of a JSON schema.
type yamlNode struct {
	Ref        string               `yaml:"$ref"`
	Type       string               `yaml:"type"`
	Enum       []string             `yaml:"enum"`
	Required   []string             `yaml:"required"`
	Properties map[string]*yamlNode `yaml:"properties"`
	Items      *yamlNode            `yaml:"items"`
	MinItems   int                  `yaml:"minItems"`
	OneOf      []*yamlNode          `yaml:"oneOf"`
}

// readYAML returns the text of the protocol's YAML from the directory shared/protocol beside the
// repository, nil where there is none.
func readYAML(t *testing.T) []byte {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		text, err := os.ReadFile(filepath.Join(dir, "shared", "protocol", "airbyte_protocol.yaml"))
		if err == nil {
			return text
		}
	}
	return nil
}

func yamlDefinitions(t *testing.T, text []byte) definitions {
	t.Helper()
	var document struct{ Definitions map[string]*yamlNode }
	require.NoError(t, yaml.Unmarshal(text, &document))
	defs := definitions{}
	for name, node := range document.Definitions {
		defs.add(name, node)
	}
	return defs
}

func (defs definitions) add(name string, node *yamlNode) {
	d := &definition{Fields: map[string]property{}}
	defs[name] = d
	if node.Properties == nil {
		d.Type = defs.typeOf(name, node)
		return
	}
	for field, n := range node.Properties {
		d.Fields[field] = property{
			Type:     defs.typeOf(name+"."+field, n),
			Required: slices.Contains(node.Required, field),
		}
	}
}

func (defs definitions) typeOf(name string, n *yamlNode) string {
	switch {
	case n.Ref != "":
		return strings.TrimPrefix(n.Ref, "#/definitions/")
	case n.Enum != nil:
		return "(" + strings.Join(n.Enum, "|") + ")"
	case n.OneOf != nil:
		var types []string
		for _, one := range n.OneOf {
			types = append(types, one.Type)
		}
		return strings.Join(types, "|")
	case n.Type == "array":
		list := "[" + defs.typeOf(name, n.Items) + "]"
		if n.MinItems > 0 {
			list += "+"
		}
		return list
	case n.Properties != nil:
		defs.add(name, n)
		return name
	}
	return n.Type
}

// String returns the table in the form parseDefinitions reads.
func (defs definitions) String() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(defs)) {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(name+" "+defs[name].Type))
		for _, field := range slices.Sorted(maps.Keys(defs[name].Fields)) {
			p := defs[name].Fields[field]
			if p.Required {
				field += "!"
			}
			fmt.Fprintf(&b, "  %s %s\n", field, p.Type)
		}
	}
	return b.String()
}

// jsonSchema returns the table as a JSON schema, for where the YAML is absent.
func (defs definitions) jsonSchema() map[string]any {
	schemas := map[string]any{}
	for name, d := range defs {
		if len(d.Fields) == 0 {
			schemas[name] = typeSchema(d.Type)
			continue
		}
		properties, required := map[string]any{}, []any{}
		for field, p := range d.Fields {
			properties[field] = typeSchema(p.Type)
			if p.Required {
				required = append(required, field)
			}
		}
		schemas[name] = map[string]any{
			"type": "object", "properties": properties, "required": required,
		}
	}
	return map[string]any{
		"$schema": "http://json-schema.org/draft-07/schema#", "definitions": schemas,
	}
}

func typeSchema(typ string) map[string]any {
	list, notEmpty := strings.CutSuffix(typ, "+")
	switch {
	case strings.HasPrefix(typ, "["):
		s := map[string]any{"type": "array", "items": typeSchema(list[1 : len(list)-1])}
		if notEmpty {
			s["minItems"] = 1
		}
		return s
	case strings.HasPrefix(typ, "("):
		return map[string]any{"type": "string", "enum": toAny(enumValues(typ))}
	case strings.Contains(typ, "|"):
		return map[string]any{"type": toAny(strings.Split(typ, "|"))}
	case isJSONType(typ):
		return map[string]any{"type": typ}
	}
	return map[string]any{"$ref": "#/definitions/" + typ}
}

func isJSONType(typ string) bool {
	return slices.Contains([]string{"string", "integer", "number", "boolean", "object"}, typ)
}

// enumValues returns the values of a type "(A|B)".
func enumValues(typ string) []string { return strings.Split(strings.Trim(typ, "()"), "|") }

func toAny(list []string) []any {
	var out []any
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

// TestDefinitions keeps the table equal to the published protocol.
func TestDefinitions(t *testing.T) {
	t.Parallel()
	text := readYAML(t)
	if text == nil {
		t.Skip("the protocol's YAML is not here; the table stands for it")
	}
	table := parseDefinitions(t, definitionsText)
	require.Equal(t, yamlDefinitions(t, text).String(), table.String())
}
