package schema

import (
	"encoding/json"
	"slices"
)

// choice is a oneOf or an anyOf. Its discriminator is a property that is a constant in every
// branch, each time another one: it says which branch a config means, so that only the violations
// of that one are reported.
type choice struct {
	branches      []*node
	discriminator string // "" when there is none
	constants     []any  // its value in each branch
}

// discriminate looks for the discriminator.
func (c *choice) discriminate() {
	if len(c.branches) == 0 {
		return
	}
	// What discriminates is a property of the first branch as much as of any other.
	for _, m := range expand(c.branches[:1], noBranches) {
		for _, p := range m.properties {
			if constants := c.constantsOf(p.name); constants != nil {
				c.discriminator, c.constants = p.name, constants
				return
			}
		}
	}
}

// noBranches is for [expand]: what applies whichever branch is chosen.
func noBranches(choice) []*node { return nil }

// allBranches is for [expand]: what applies in any case that could be.
func allBranches(c choice) []*node { return c.branches }

// constantsOf returns the constant that the property is in each branch, nil unless there is one in
// all of them and no two are equal.
func (c *choice) constantsOf(name string) []any {
	var constants []any
	for _, branch := range c.branches {
		v, ok := constant(branch, name)
		if !ok || slices.Contains(constants, v) {
			return nil
		}
		constants = append(constants, v)
	}
	return constants
}

// constant returns the only value a property can have: by const, or by an enum of one.
func constant(branch *node, name string) (any, bool) {
	for _, m := range expand([]*node{branch}, noBranches) {
		for _, p := range expand([]*node{m.byName[name]}, noBranches) {
			v, ok := p.doc.values["const"]
			if enum, _ := p.doc.values["enum"].([]any); !ok && len(enum) == 1 {
				v, ok = enum[0], true
			}
			if ok && isScalar(v) {
				return v, true
			}
		}
	}
	return nil, false
}

// isScalar reports whether v can be compared with ==. Numbers are compared as text, which is
// enough for constants.
func isScalar(v any) bool {
	switch v.(type) {
	case string, bool, json.Number:
		return true
	default:
		return false
	}
}

// chosen returns the branch that v means by its discriminator, nil when there is none.
func (c *choice) chosen(v any) *node {
	members, ok := v.(map[string]any)
	if !ok || c.discriminator == "" {
		return nil
	}
	value, ok := members[c.discriminator]
	if !ok || !isScalar(value) {
		return nil
	}
	if i := slices.Index(c.constants, value); i >= 0 {
		return c.branches[i]
	}
	return nil
}

// lenient returns the branches that accept a config without the discriminator. Specs in the field
// often forget to require it; there are none in those that [Config] makes.
func (c *choice) lenient() []*node {
	return slices.DeleteFunc(slices.Clone(c.branches), func(branch *node) bool {
		return slices.ContainsFunc(expand([]*node{branch}, noBranches), func(m *node) bool {
			return slices.Contains(m.required, c.discriminator)
		})
	})
}
