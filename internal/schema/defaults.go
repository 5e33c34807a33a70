package schema

import "slices"

// mostDefaults bounds what is filled into one config: a spec that refers to itself could go on for
// ever.
const mostDefaults = 10_000

// filler puts defaults where a config has nothing.
type filler struct {
	open []*node // whose default is being filled, to notice one that contains itself
	left int
}

// newFiller returns a filler for one config.
func newFiller() *filler { return &filler{left: mostDefaults} }

// fill completes v, a value for n, in place. It follows the shape of the spec: into objects, lists
// and the chosen branch of a oneOf. A value that is there stays, even when it is null or wrong.
func (f *filler) fill(n *node, v any) {
	switch v.(type) {
	case map[string]any, []any:
	default:
		return
	}
	// Nothing is filled for a oneOf whose branch is not chosen: which one would it be?
	pick := func(c choice) []*node { return []*node{c.chosen(v)} }
	for _, m := range expand([]*node{n}, pick) {
		switch v := v.(type) {
		case map[string]any:
			f.object(m, v)
		case []any:
			for _, item := range v {
				if m.items != nil {
					f.fill(m.items, item)
				}
			}
		}
	}
}

// object fills the properties that are absent and completes those that are there. The members that
// are no properties come last, and only where the spec has a schema for them.
func (f *filler) object(n *node, members map[string]any) {
	for _, p := range n.properties {
		if member, ok := members[p.name]; ok {
			f.fill(p.node, member)
		} else {
			f.add(p, members)
		}
	}
	if n.additional == nil && len(n.patterns) == 0 {
		return
	}
	for name, member := range members {
		if n.byName[name] == nil {
			for _, child := range n.member(name) {
				f.fill(child, member)
			}
		}
	}
}

// add sets the default of a property that is absent, if it has one, and completes it in turn.
func (f *filler) add(p namedNode, members map[string]any) {
	if f.left == 0 || slices.Contains(f.open, p.node) {
		return
	}
	for _, m := range expand([]*node{p.node}, noBranches) {
		value, ok := m.doc.values["default"]
		if !ok {
			continue
		}
		f.left--
		members[p.name] = plain(value)
		f.open = append(f.open, p.node)
		f.fill(p.node, members[p.name])
		f.open = f.open[:len(f.open)-1]
		return
	}
}

// plain copies a value of the spec into the form values of a config have.
func plain(v any) any {
	switch v := v.(type) {
	case *object:
		members := make(map[string]any, len(v.names))
		for _, name := range v.names {
			members[name] = plain(v.values[name])
		}
		return members
	case []any:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = plain(item)
		}
		return items
	default:
		return v
	}
}
