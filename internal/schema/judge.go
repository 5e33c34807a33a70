package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// judge applies the keywords of one schema that do not shape the config: bounds, patterns, formats,
// constants and the rarer ones. The library knows them all; its messages are not used, since they
// quote the value.
type judge struct {
	schema *jsonschema.Schema

	// Bounds of a list, -1 for none. The library makes a table of all items before it counts them.
	minItems, maxItems int
}

// compile has the library check and compile the spec, and gives each node its judge.
func (s *Spec) compile() (*node, error) {
	root, err := s.tree()
	if err != nil {
		return nil, err
	}
	if !reasonableIn(root.doc) {
		return nil, specError("it holds a number of more than %d digits.", mostDigits)
	}
	schema, err := Compile(render(root.doc.without("$schema", "$id")), nil)
	if err != nil {
		return nil, invalidSchema(err)
	}
	root.bind(schema)
	return root, nil
}

// Compile hands a schema to the library. By itself the library would take another draft for the
// default, open the files and URLs that a $ref names, and accept times that Go cannot read. Formats
// beyond the usual, or in their place, may be nil.
func Compile(
	document []byte, formats map[string]func(any) bool,
) (*jsonschema.Schema, error) {
	// A URL of ours: with a plain name the library puts the working folder into its messages.
	const name = "spec:///connectionSpecification"
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft7
	c.LoadURL = func(string) (io.ReadCloser, error) {
		return nil, errors.New("a $ref may only point into the same spec")
	}
	for _, format := range []string{"date", "date-time"} {
		c.Formats[format] = func(v any) bool {
			text, ok := v.(string)
			return !ok || isFormat(format, text)
		}
	}
	maps.Copy(c.Formats, formats)
	if err := c.AddResource(name, bytes.NewReader(document)); err != nil {
		return nil, err
	}
	return c.Compile(name)
}

// invalidSchema says where the spec breaks the rules for schemas.
func invalidSchema(err error) error {
	where := ""
	if detail, ok := errors.AsType[*jsonschema.ValidationError](err); ok {
		for len(detail.Causes) > 0 {
			detail = detail.Causes[0]
		}
		steps, _ := Steps(detail.InstanceLocation) // the library escapes soundly
		where = " at " + strings.Join(steps, ".")
	}
	wrong := specError("connectionSpecification is not a valid JSON schema%s.", where)
	wrong.Cause = err
	return wrong
}

// bind walks the tree and the compiled schema in step. A node's judge is a copy of its schema
// without the keywords that the walk over the config handles.
func (n *node) bind(s *jsonschema.Schema) {
	if s == nil || n == nil || n.judge != nil {
		return
	}
	// The library's own schema stays whole: a "not" or "if" elsewhere may refer to it.
	alone := *s
	n.judge = &judge{&alone, s.MinItems, s.MaxItems}
	alone.Always, alone.Ref, alone.Types = nil, nil, nil
	alone.Required, alone.Properties, alone.PatternProperties = nil, nil, nil
	alone.AdditionalProperties = nil
	alone.AllOf, alone.OneOf, alone.AnyOf = nil, nil, nil
	alone.MinItems, alone.MaxItems = -1, -1
	if items, ok := s.Items.(*jsonschema.Schema); ok {
		n.items.bind(items)
		alone.Items = nil
	}
	for name, child := range n.byName {
		child.bind(s.Properties[name])
	}
	for pattern, schema := range s.PatternProperties {
		for _, p := range n.patterns {
			if p.pattern.String() == pattern.String() {
				p.node.bind(schema)
			}
		}
	}
	if schema, ok := s.AdditionalProperties.(*jsonschema.Schema); ok {
		n.additional.bind(schema)
	}
	bindAll(n.allOf, s.AllOf)
	bindAll(n.oneOf.branches, s.OneOf)
	bindAll(n.anyOf.branches, s.AnyOf)
	n.ref.bind(s.Ref)
}

// bindAll binds the branches of one keyword.
func bindAll(nodes []*node, schemas []*jsonschema.Schema) {
	for i := range min(len(nodes), len(schemas)) {
		nodes[i].bind(schemas[i])
	}
}

// judge notes which rules of n the value breaks. A nil judge has no rules: the library leaves out
// what stands beside a $ref.
func (j *judge) judge(found *violations, n *node, v any) {
	if j == nil {
		return
	}
	if items, ok := v.([]any); ok {
		j.count(found, n, len(items))
	}
	if !j.concerns(v) {
		return
	}
	if !reasonableIn(v) {
		found.add("must not hold a number of more than %d digits", mostDigits)
		return
	}
	// The library goes on after a violation, so there is a cause for each keyword that is broken.
	err := j.schema.Validate(v)
	if err == nil {
		return
	}
	broken, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		found.add("cannot be checked, because the connector's spec refers to itself without end")
		return
	}
	for _, cause := range broken.Causes {
		rule, _, _ := strings.Cut(strings.TrimPrefix(cause.KeywordLocation, "/"), "/")
		if rule == "minContains" { // the library's name for what draft-07 calls contains
			rule = "contains"
		}
		found.add("%s", rulePhrase(n.doc, rule))
	}
}

// count compares the length of a list with its bounds.
func (j *judge) count(found *violations, n *node, items int) {
	if items < j.minItems {
		found.add("%s", rulePhrase(n.doc, "minItems"))
	}
	if j.maxItems >= 0 && items > j.maxItems {
		found.add("%s", rulePhrase(n.doc, "maxItems"))
	}
}

// concerns reports whether any rule could apply to v. The library keeps a table of all members of
// what it checks, which for a list of millions is better not made.
func (j *judge) concerns(v any) bool {
	s := j.schema
	if s.Constant != nil || s.Enum != nil || s.Not != nil || s.If != nil {
		return true
	}
	switch v.(type) {
	case string:
		return s.Format != "" || s.Pattern != nil || s.MinLength >= 0 || s.MaxLength >= 0 ||
			s.ContentEncoding != "" || s.ContentMediaType != ""
	case json.Number:
		return s.Minimum != nil || s.Maximum != nil || s.ExclusiveMinimum != nil ||
			s.ExclusiveMaximum != nil || s.MultipleOf != nil
	case map[string]any:
		return s.MinProperties >= 0 || s.MaxProperties >= 0 || s.PropertyNames != nil ||
			s.Dependencies != nil
	case []any:
		return s.UniqueItems || s.Items != nil || s.Contains != nil
	default:
		return false
	}
}

// reasonableIn reports whether every number in v is [reasonable].
func reasonableIn(v any) bool {
	switch v := v.(type) {
	case json.Number:
		return reasonable(v)
	case map[string]any:
		for _, member := range v {
			if !reasonableIn(member) {
				return false
			}
		}
	case *object:
		return reasonableIn(v.values)
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !reasonableIn(item) })
	case nil, bool, string:
	default:
		panic(fmt.Sprintf("schema: a %T is no JSON value", v))
	}
	return true
}
