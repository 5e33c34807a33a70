package openapi

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// templateOf is a path with nothing in its braces, by which lists and their items are compared. An
// ending such as .json is left out.
func templateOf(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Text == "" {
			b.WriteString("{}")
		}
		b.WriteString(p.Text)
	}
	return strings.Trim(strings.TrimSuffix(strings.TrimRight(b.String(), "/"), ".json"), "/")
}

// trace finds out where the parameters of a path come from: from the records of the list before
// them or, where there is none, from the config.
func (g *guesser) trace(s *Stream, pieces []Piece) {
	pieces = slices.Clone(pieces)
	for i, p := range slices.Backward(pieces) {
		if p.Setting == "" || i == 0 || !strings.HasSuffix(pieces[i-1].Text, "/") {
			continue
		}
		up := g.lists[templateOf(pieces[:i])]
		if up == nil {
			continue
		}
		key := keyFor(p.Setting, up)
		if key == "" {
			continue
		}
		s.Parent = &Parent{Stream: up, Key: key, As: partitionName(p.Setting, up)}
		s.Needs = slices.Clone(up.Needs)
		if !slices.Contains(up.uses, key) {
			up.uses = append(up.uses, key)
		}
		s.Path = append(openEnd(up.Path), Piece{Text: "/"}, Piece{Partition: s.Parent.As})
		pieces = pieces[i+1:]
		break
	}
	for _, p := range pieces {
		if p.Setting != "" {
			p = Piece{Setting: g.setting(s, p.Setting, openapi3.ParameterInPath)}
		}
		s.Path = append(s.Path, p)
	}
}

// openEnd is the path of a list without an ending such as .json, so that the key of an item can
// follow.
func openEnd(path []Piece) []Piece {
	path = slices.Clone(path)
	last := &path[len(path)-1]
	last.Text = strings.TrimSuffix(strings.TrimRight(last.Text, "/"), ".json")
	return path
}

// partitionName is the name of a parent's value: that of the parameter, unless that says nothing.
func partitionName(param string, up *Stream) string {
	name := snake(param)
	if name == "id" || name == "" || name == "from" || name == "to" || name == "parent_slice" ||
		name[0] >= '0' && name[0] <= '9' {
		name = Singular(up.Name) + "_id"
	}
	var above []string
	for at := up; at.Parent != nil; at = at.Parent.Stream {
		above = append(above, at.Parent.As)
	}
	for slices.Contains(above, name) {
		name = Singular(up.Name) + "_" + name
	}
	if name[0] >= '0' && name[0] <= '9' {
		name = "of_" + name
	}
	return name
}

// keyFor finds the field of a list's records that a parameter of the path of one item holds.
func keyFor(param string, list *Stream) string {
	resource := Singular(lastWordsOf(list))
	short := strings.TrimPrefix(snake(param), resource+"_")
	if flat(param) == flat(resource) {
		short = "id"
	}
	for _, wanted := range []string{flat(param), flat(short)} {
		for _, f := range list.Record.Fields {
			if flat(f.Name) == wanted && isKeyKind(f.Shape) && isPlainName(f.Name) {
				return f.Name
			}
		}
	}
	if all := words(param); len(all) > 0 && all[len(all)-1] == "id" && hasID(list.Record) {
		return "id"
	}
	return ""
}

func hasID(record *Shape) bool {
	id := record.field("id")
	return id != nil && isKeyKind(id)
}

// isKeyKind tells whether values of a shape can tell records apart.
func isKeyKind(s *Shape) bool { return s.isScalar() && s.Kind != Boolean }

// isPlainName tells whether a name means itself as a dotted path, and can stand in a Go tag.
func isPlainName(name string) bool { return isTag(name) && !strings.ContainsAny(name, `.*?`) }

// lastWordsOf is the resource of a list.
func lastWordsOf(list *Stream) string {
	o := operation{pieces: list.Path}
	return o.resource()
}

// key finds the primary key: the field id, or the one that the path of one item asks for. What a
// parent has one of is known by the parent.
func (g *guesser) key(s *Stream, c candidate) {
	if s.Single {
		if s.Parent != nil {
			s.Key = s.Parent.As
			s.Inherit = []string{s.Parent.As}
		} else if hasID(s.Record) {
			s.Key = "id"
		}
		return
	}
	if hasID(s.Record) {
		s.Key = "id"
		return
	}
	if param, ok := g.items[templateOf(c.pieces)]; ok {
		s.Key = keyFor(param, s)
	}
	for _, name := range identities {
		if f := s.Record.field(name); s.Key == "" && f != nil && isKeyKind(f) {
			s.Key = name
		}
	}
	if s.Key != "" {
		s.Notes = append(s.Notes, "Its records have no id; "+s.Key+" is taken for the primary key.")
	}
}

// identities are names of fields that tell records apart wherever they occur.
var identities = []string{"_id", "gid", "guid", "sid", "uid", "uuid"}

// setting is the name of the setting that gives a parameter its value.
func (g *guesser) setting(s *Stream, param, in string) string {
	for _, has := range g.api.Settings {
		if has.Param == param {
			s.need(has.Name)
			return has.Name
		}
	}
	one := Setting{Param: param, Name: snake(param), Title: title(param)}
	if len(words(param)) == 0 || one.Name[0] >= '0' && one.Name[0] <= '9' {
		one.Name = "param_" + one.Name
	}
	if g.taken[one.Name] {
		one.Name = "param_" + one.Name
	}
	one.Name = g.freeSetting(one.Name)
	one.Sample = singular(one.Name) + "-1"
	for _, o := range g.operations {
		if p := o.param(in, param); p != nil && o.path == s.Source {
			one.Help = oneLine(p.Description)
			shape := paramShape(p)
			if text, ok := textOf(firstOf(p.Example, shape.hints)); ok {
				one.Sample = text
			} else if shape.Kind == Integer || shape.Kind == Number {
				one.Sample = "1"
			}
		}
	}
	g.api.Settings = append(g.api.Settings, one)
	s.need(one.Name)
	return one.Name
}

func (s *Stream) need(setting string) {
	if !slices.Contains(s.Needs, setting) {
		s.Needs = append(s.Needs, setting)
	}
}
