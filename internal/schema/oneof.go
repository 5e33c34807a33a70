package schema

import (
	"cmp"
	"reflect"
	"slices"
)

// branch says in which kind of oneOf branch a field lies, which decides whether it can take part
// in an OAuth flow.
type branch int

// The kinds of branches. Only what lies in the OAuth branch, or in none at all, can be filled by
// the flow.
const (
	noBranch branch = iota
	oauthBranch
	otherBranch
)

// union returns the oneOf of a struct whose fields are pointers to structs. Every branch is an
// object with the fields of its struct and the discriminator, a constant.
func (b *builder) union(t reflect.Type, tag tags) *object {
	b.allow("oneof", tag)
	var choices []field
	if t.Kind() == reflect.Struct {
		choices = fields(t)
	}
	if len(choices) == 0 || slices.ContainsFunc(choices, notBranch) {
		b.mistake("has the tag oneof, but %s is not a struct whose fields are pointers to "+
			"structs", t)
	}
	var branches []any
	for i, f := range choices {
		b.path = append(b.path, f.goName)
		branches = append(branches, b.unionBranch(f, i, tag.oneOf))
		b.path = b.path[:len(b.path)-1]
	}
	return newObject().set("type", "object").set("oneOf", branches)
}

// notBranch reports whether a field of a union is no pointer to a plain struct. Types with a text
// or JSON form of their own have no members among which the discriminator could stand.
func notBranch(f field) bool {
	if f.typ.Kind() != reflect.Pointer || f.typ.Elem().Kind() != reflect.Struct {
		return true
	}
	t := f.typ.Elem()
	return t == timeType || decodesItself(t) || reflect.PointerTo(t).Implements(textUnmarshalerType)
}

// unionBranch returns the object of one branch. Its discriminator is always required: with it the
// platform, the form and Decode agree about the branch, without it they would have to guess.
func (b *builder) unionBranch(f field, index int, discriminator string) *object {
	tag, err := readTags(f.tag)
	if err != nil {
		b.mistake("has a tag that cannot be read: %v", err)
	}
	b.allowOnBranch(tag)
	// The fields of the branch lie beside its discriminator in the JSON, not below the branch's
	// name. That is why the name joins the path for messages only, and not that for OAuth.
	if tag.oauth2 {
		b.oauth.useBranch(b, index, discriminator, f.name)
	}
	outside := b.branch
	b.branch = b.branch.inside(tag.oauth2)
	list := b.properties(f.typ.Elem())
	b.branch = outside
	for _, p := range list {
		if p.name == discriminator {
			b.mistake("has a field %s like the discriminator of its oneof; rename one of them",
				p.name)
		}
	}
	constant := newObject().set("type", "string").set("const", f.name)
	list = slices.Insert(list, 0, property{name: discriminator, schema: constant, required: true})
	// The form lists the branches by title.
	s := newObject().set("type", "object").set("title", cmp.Or(tag.title, f.name))
	if tag.description != "" {
		s.set("description", tag.description)
	}
	b.fill(s, list)
	return arranged(s)
}

// inside returns the kind of a branch within b.
func (b branch) inside(oauth2 bool) branch {
	if oauth2 || b == oauthBranch {
		return oauthBranch
	}
	return otherBranch
}

// allowOnBranch refuses what cannot be said of a branch.
func (b *builder) allowOnBranch(tag tags) {
	rest := tag
	rest.title, rest.description, rest.oauth2 = "", "", false
	if rest != (tags{}) {
		b.mistake("is a branch of a oneof, which takes only the tags title, description and " +
			"airbyte:\"oauth2\"; remove the others")
	}
}
