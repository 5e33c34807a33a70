package schema

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
)

// Secrets returns the strings and numbers at the places that the spec marks as airbyte_secret,
// numbers as they are written, each once. It looks into nested objects, lists and every branch of a
// oneOf, whether chosen or not, and takes everything within a secret of the wrong type, because a
// config that breaks the rules must not leak either. What is no JSON object has no secrets.
func (s *Spec) Secrets(config []byte) []string {
	root, err := s.tree()
	if err != nil {
		return nil
	}
	tree, err := readConfig(config)
	if err != nil {
		return nil
	}
	c := collector{seen: map[string]bool{}}
	c.visit([]*node{root}, tree)
	return c.found
}

// collector gathers secrets.
type collector struct {
	found []string
	seen  map[string]bool
}

// visit looks at v, to which all the nodes apply. They are taken together, so that every value is
// visited once even where branches overlap.
func (c *collector) visit(nodes []*node, v any) {
	nodes = expand(nodes, allBranches)
	// One mark is enough. A branch may hide what another one shows under the same name.
	if slices.ContainsFunc(nodes, func(n *node) bool { return n.secret }) {
		c.take(v)
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for name, member := range ordered(v) {
			var next []*node
			for _, n := range nodes {
				next = append(next, n.member(name)...)
			}
			if next != nil {
				c.visit(next, member)
			}
		}
	case []any:
		var next []*node
		for _, n := range nodes {
			next = append(next, n.items)
		}
		for _, item := range v {
			c.visit(next, item)
		}
	}
}

// take adds every string and number in v.
func (c *collector) take(v any) {
	switch v := v.(type) {
	case string:
		c.add(v)
	case json.Number:
		c.add(string(v))
	case map[string]any:
		for _, member := range ordered(v) {
			c.take(member)
		}
	case []any:
		for _, item := range v {
			c.take(item)
		}
	}
}

// add notes a secret once. An empty one would mask the space between all characters.
func (c *collector) add(secret string) {
	if secret != "" && !c.seen[secret] {
		c.seen[secret] = true
		c.found = append(c.found, secret)
	}
}

// ordered walks a map by name, so that messages and results do not change from run to run.
func ordered(members map[string]any) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if !yield(name, members[name]) {
				return
			}
		}
	}
}
