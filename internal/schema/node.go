package schema

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// node is one schema of a spec, read for the walks over a config: filling defaults, checking, and
// finding secrets. It knows the keywords that give a config its shape. All other keywords are left
// to the judge.
type node struct {
	doc    *object
	never  bool   // the schema false, which nothing matches
	title  string // that of the $ref's target when it has none itself
	secret bool
	types  []string

	properties []namedNode // in the order of the spec
	byName     map[string]*node
	patterns   []patternNode
	additional *node // for all other names; nil: anything
	closed     bool  // no other names
	required   []string
	items      *node // nil: anything, or one schema per position, which the judge knows

	ref   *node
	allOf []*node
	oneOf choice
	anyOf choice

	judge *judge // set when the spec is compiled
}

// namedNode is one of the properties.
type namedNode struct {
	name string
	node *node
}

// patternNode is one of the patternProperties.
type patternNode struct {
	pattern *regexp.Regexp
	node    *node
}

// readTree reads the connectionSpecification.
func (s *Spec) readTree() (*node, error) {
	v, err := readDocument(s.Connector().ConnectionSpecification)
	if err != nil {
		return nil, specError("%w", err)
	}
	root, ok := v.(*object)
	if !ok { // cannot happen: ParseSpec looks, and Config writes an object
		return nil, specError("connectionSpecification must be an object.")
	}
	b := treeBuilder{root: root, made: map[*object]*node{}}
	b.path = []string{"connectionSpecification"}
	n := b.node(root)
	for _, m := range b.made {
		m.title = m.inheritedTitle()
		m.oneOf.discriminate()
		m.anyOf.discriminate()
	}
	return n, b.err
}

// inheritedTitle returns the title under which a user knows the value.
func (n *node) inheritedTitle() string {
	for _, m := range expand([]*node{n}, noBranches) {
		if m.title != "" {
			return m.title
		}
	}
	return ""
}

// treeBuilder makes one node of each schema, however often it is referred to.
type treeBuilder struct {
	root *object
	made map[*object]*node
	path []string
	err  error // the first
}

// node returns the node of a schema. It is noted before its parts are read, so that a part which
// refers back to it finds it.
func (b *treeBuilder) node(v any) *node {
	if allowed, ok := v.(bool); ok {
		return &node{doc: newObject(), never: !allowed}
	}
	doc, ok := v.(*object)
	if !ok {
		return &node{doc: newObject()} // compiling the spec will say what is wrong
	}
	if n, ok := b.made[doc]; ok {
		return n
	}
	n := &node{doc: doc, byName: map[string]*node{}}
	b.made[doc] = n
	n.title, _ = doc.values["title"].(string)
	n.secret, _ = doc.values["airbyte_secret"].(bool)
	n.types = stringsOf(doc.values["type"])
	n.required = stringsOf(doc.values["required"])
	b.members(n)
	b.branches(n)
	b.reference(n)
	if _, ok := doc.values["$id"].(string); ok && doc != b.root {
		b.fail("$id", "is not supported below the root; use $ref with #/definitions/... instead")
	}
	return n
}

// stringsOf reads a keyword that is a string or a list of strings.
func stringsOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				list = append(list, s)
			}
		}
		return list
	default:
		return nil
	}
}

// members reads the schemas of what an object or array holds.
func (b *treeBuilder) members(n *node) {
	if properties, ok := n.doc.values["properties"].(*object); ok {
		for _, name := range properties.names {
			child := b.child(properties.values[name], "properties", name)
			n.properties = append(n.properties, namedNode{name, child})
			n.byName[name] = child
		}
	}
	if patterns, ok := n.doc.values["patternProperties"].(*object); ok {
		for _, name := range patterns.names {
			child := b.child(patterns.values[name], "patternProperties", name)
			if re := b.pattern(name, "patternProperties"); re != nil {
				n.patterns = append(n.patterns, patternNode{re, child})
			}
		}
	}
	if text, ok := n.doc.values["pattern"].(string); ok {
		b.pattern(text, "pattern")
	}
	switch additional := n.doc.values["additionalProperties"].(type) {
	case bool:
		n.closed = !additional
	case *object:
		n.additional = b.child(additional, "additionalProperties")
	}
	// A list of schemas, one per position, has no use in a form, and none of the walks follows it.
	if items, ok := n.doc.values["items"]; ok {
		if _, tuple := items.([]any); !tuple {
			n.items = b.child(items, "items")
		}
	}
}

// branches reads the schemas for the same value.
func (b *treeBuilder) branches(n *node) {
	n.allOf = b.list(n.doc, "allOf")
	n.oneOf.branches = b.list(n.doc, "oneOf")
	n.anyOf.branches = b.list(n.doc, "anyOf")
}

// list reads a keyword that is a list of schemas.
func (b *treeBuilder) list(doc *object, keyword string) []*node {
	items, _ := doc.values[keyword].([]any)
	var nodes []*node
	for i, item := range items {
		nodes = append(nodes, b.child(item, keyword, strconv.Itoa(i)))
	}
	return nodes
}

// child reads a schema within the present one; names is the way to it, for messages.
func (b *treeBuilder) child(v any, names ...string) *node {
	b.path = append(b.path, names...)
	n := b.node(v)
	b.path = b.path[:len(b.path)-len(names)]
	return n
}

// reference follows $ref. Documents elsewhere are refused: reading a config must neither open
// files nor connections.
func (b *treeBuilder) reference(n *node) {
	ref, ok := n.doc.values["$ref"].(string)
	if !ok {
		return
	}
	if !strings.HasPrefix(ref, "#/") && ref != "#" {
		b.fail("$ref", "is %q, but may only point into this spec, as in #/definitions/name", ref)
		return
	}
	target, ok := lookUp(b.root, ref)
	if !ok {
		b.fail("$ref", "is %q, but the spec has nothing there", ref)
		return
	}
	n.ref = b.node(target)
}

// lookUp resolves a $ref.
func lookUp(root any, ref string) (any, bool) {
	steps, err := Steps(strings.TrimPrefix(ref, "#"))
	if err != nil {
		return nil, false
	}
	at := root
	for _, item := range steps {
		switch v := at.(type) {
		case *object:
			next, ok := v.values[item]
			if !ok {
				return nil, false
			}
			at = next
		case []any:
			i, err := strconv.Atoi(item)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			at = v[i]
		default:
			return nil, false
		}
	}
	return at, true
}

// pattern compiles a regular expression of the spec. Those of Go lack what would make matching
// slow, such as lookahead, which JSON schema has.
func (b *treeBuilder) pattern(text, keyword string) *regexp.Regexp {
	re, err := regexp.Compile(text)
	if err == nil {
		return re
	}
	reason := "it is not valid"
	if detail, ok := errors.AsType[*syntax.Error](err); ok {
		reason = fmt.Sprintf("%s: %s", detail.Code, detail.Expr)
	}
	b.fail(keyword, "is a regular expression that cannot be run (%s); "+
		"write it without lookahead, lookbehind and back-references", reason)
	return nil
}

// fail notes the first thing that is wrong with the spec. One at a time is enough for its author.
func (b *treeBuilder) fail(keyword, format string, args ...any) {
	if b.err == nil {
		where := strings.Join(append(slices.Clone(b.path), keyword), ".")
		b.err = specError("%s %s.", where, fmt.Sprintf(format, args...))
	}
}

// expand returns the nodes together with all that apply to the same value: what they refer to, the
// members of an allOf, and of each oneOf and anyOf the branches that pick returns. It is how all
// walks get past the keywords that combine schemas, except for the check, which has an order to
// keep.
func expand(nodes []*node, pick func(choice) []*node) []*node {
	if len(nodes) == 1 && nodes[0] != nil && nodes[0].alone() {
		return nodes // nearly always, and configs can have millions of values
	}
	var all []*node
	for len(nodes) > 0 {
		n := nodes[0]
		nodes = nodes[1:]
		if n == nil || slices.Contains(all, n) {
			continue
		}
		all = append(all, n)
		nodes = slices.Concat([]*node{n.ref}, n.allOf, pick(n.oneOf), pick(n.anyOf), nodes)
	}
	return all
}

// alone reports whether nothing else applies to what n applies to.
func (n *node) alone() bool {
	return n.ref == nil && n.allOf == nil && n.oneOf.branches == nil && n.anyOf.branches == nil
}

// member returns the nodes for the member of an object.
func (n *node) member(name string) []*node {
	var nodes []*node
	if child, ok := n.byName[name]; ok {
		nodes = append(nodes, child)
	}
	for _, p := range n.patterns {
		if p.pattern.MatchString(name) {
			nodes = append(nodes, p.node)
		}
	}
	if len(nodes) == 0 && n.additional != nil {
		nodes = append(nodes, n.additional)
	}
	return nodes
}
