package schema

import (
	"encoding/json"
	"slices"
)

// checker walks a config along its spec and collects the violations. The walk is ours and not the
// JSON schema library's for three reasons: sentences come in the order of the spec, a oneOf is
// judged by the branch the config means, and a list of a million wrong items costs no memory.
type checker struct {
	violations
}

// check compares v with n and walks on into what v holds. The order is that of a reader: the type
// first, and when it is wrong nothing else, because every further sentence would only repeat it.
func (c *checker) check(n *node, v any) {
	// By draft-07 the other keywords beside a $ref have no effect. A chain of references that
	// closes on itself does not compile; the bound is for a spec that nobody has compiled.
	for hops := 0; n.ref != nil && hops < 100; hops++ {
		n = n.ref
	}
	if n.never {
		c.add("is not allowed here")
		return
	}
	if len(n.types) > 0 && !hasType(n.types, v) {
		c.wrongType(n.types, v)
		return
	}
	n.judge.judge(&c.violations, n, v)
	switch v := v.(type) {
	case map[string]any:
		c.object(n, v)
	case []any:
		c.items(n, v)
	}
	// Last the schemas for the same value. Their branches repeat what stands above, mostly as a
	// constant, and a sentence that was said already is dropped.
	for _, all := range n.allOf {
		c.check(all, v)
	}
	c.choose(&n.oneOf, v, true)
	c.choose(&n.anyOf, v, false)
}

// wrongType names the JSON type that was found, which helps and gives nothing away. A number with
// a fraction is named by what is missing, for "but is a number" would puzzle.
func (c *checker) wrongType(kinds []string, v any) {
	if c.full() {
		return // before any text is made: there may be millions
	}
	if _, ok := v.(json.Number); ok && slices.Contains(kinds, "integer") {
		c.add("must be a whole number")
		return
	}
	c.add("must be %s, but is %s", typePhrases(kinds), jsonType(v))
}

// object checks the properties in the order of the spec, which is that of the form, so that the
// user can go from sentence to sentence without searching. A required name that is no property has
// no place there and comes after them.
func (c *checker) object(n *node, members map[string]any) {
	for _, p := range n.properties {
		member, ok := members[p.name]
		if !ok && !slices.Contains(n.required, p.name) {
			continue
		}
		c.enter(p.name, p.node.title)
		if ok {
			c.check(p.node, member)
		} else {
			c.missing(p.node)
		}
		c.leave()
	}
	for _, name := range n.required {
		if _, ok := members[name]; !ok && n.byName[name] == nil {
			c.enter(name, "")
			c.add("is required, but missing")
			c.leave()
		}
	}
	c.others(n, members)
}

// items checks the items of a list that are all alike.
func (c *checker) items(n *node, items []any) {
	if n.items == nil {
		return
	}
	for i, item := range items {
		c.enterItem(i)
		c.check(n.items, item)
		c.leave()
	}
}

// missing says that a required member is absent, and what could stand there where that is short.
func (c *checker) missing(n *node) {
	for _, m := range expand([]*node{n}, noBranches) {
		if enum, ok := m.doc.values["enum"].([]any); ok {
			c.add("is required, but missing; it must be one of %s", listing(enum))
			return
		}
	}
	c.add("is required, but missing")
}

// others checks the members that are no properties. Unless the spec says otherwise they are
// welcome: newer and older versions of a connector have to live with each other's configs.
func (c *checker) others(n *node, members map[string]any) {
	if !n.closed && n.additional == nil && len(n.patterns) == 0 {
		return
	}
	for name, member := range ordered(members) {
		if n.byName[name] != nil && len(n.patterns) == 0 {
			continue
		}
		c.enter(name, "")
		nodes := n.member(name)
		for _, child := range nodes {
			if child != n.byName[name] {
				c.check(child, member)
			}
		}
		if len(nodes) == 0 && n.closed {
			c.add("is not a known property")
		}
		c.leave()
	}
}

// choose checks v against the branch it means. Without a discriminator all are tried.
func (c *checker) choose(o *choice, v any, exclusive bool) {
	if len(o.branches) == 0 {
		return
	}
	// The library would report the violations of every branch, which together make no sense: who
	// signs in with a key is not missing a client id.
	members, isObject := v.(map[string]any)
	if o.discriminator == "" || !isObject {
		if !oneMatches(o.branches, v, exclusive) {
			c.add("must match one of the %d forms that the connector's spec allows",
				len(o.branches))
		}
		return
	}
	if branch := o.chosen(v); branch != nil {
		c.check(branch, v)
		return
	}
	c.enter(o.discriminator, "")
	defer c.leave()
	if _, ok := members[o.discriminator]; ok {
		c.add("must be one of %s", listing(o.constants))
	} else if !oneMatches(o.lenient(), v, exclusive) {
		c.add("is required, but missing; it must be one of %s", listing(o.constants))
	}
}

// oneMatches reports whether v matches one of the branches, and no second one when that matters.
func oneMatches(branches []*node, v any, exclusive bool) bool {
	matches := 0
	for _, branch := range branches {
		trial := checker{}
		trial.check(branch, v)
		if len(trial.list) == 0 {
			matches++
		}
	}
	return matches == 1 || matches > 1 && !exclusive
}
