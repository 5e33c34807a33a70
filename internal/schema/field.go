package schema

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// field is one JSON member of a Go struct.
type field struct {
	name     string // JSON name
	goName   string // name in the Go source, for messages to the programmer
	index    []int  // path through embedded structs, for reflect.Value.FieldByIndex
	typ      reflect.Type
	tag      reflect.StructTag
	optional bool // omitempty or omitzero
	quoted   bool // the "string" option
	named    bool // the name comes from the tag, which wins over a promoted field
}

// fields lists the members encoding/json would write for t, in its order. Embedded structs are
// flattened by its rules: the shallowest field of a name wins, then the one named by a tag, and
// names that are still ambiguous disappear.
func fields(t reflect.Type) []field {
	// Breadth first: a struct is looked at once, at the least depth at which it is embedded. Below
	// that its fields could only lose, and a struct that embeds itself comes to an end.
	var all []field
	visited := map[reflect.Type]bool{}
	level := []embedded{{typ: t}}
	for len(level) > 0 {
		var next []embedded
		for _, e := range level {
			if visited[e.typ] {
				continue
			}
			found, deeper := e.members()
			all = append(all, found...)
			next = append(next, deeper...)
		}
		// Marked only now: a type embedded twice at one depth must meet itself and cancel out.
		for _, e := range level {
			visited[e.typ] = true
		}
		level = next
	}
	return dominant(all)
}

// embedded is a struct whose fields are promoted, and the way to it from the outermost struct.
type embedded struct {
	typ   reflect.Type
	index []int
}

// members returns the struct's own fields and the structs embedded in it.
func (e embedded) members() (own []field, deeper []embedded) {
	for i := range e.typ.NumField() {
		sf := e.typ.Field(i)
		tag := sf.Tag.Get("json")
		if tag == "-" || !visible(sf) {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if !validName(name) {
			name = ""
		}
		index := append(slices.Clone(e.index), i)
		// A name in the tag turns an embedded struct into an ordinary field.
		if st, ok := structType(sf.Type); ok && sf.Anonymous && name == "" {
			deeper = append(deeper, embedded{st, index})
			continue
		}
		own = append(own, newField(sf, index, name, strings.Split(options, ",")))
	}
	return own, deeper
}

// newField reads what the json tag says; an empty name stands for that of the Go field.
func newField(sf reflect.StructField, index []int, name string, options []string) field {
	return field{
		name:     cmp.Or(name, sf.Name),
		goName:   sf.Name,
		index:    index,
		typ:      sf.Type,
		tag:      sf.Tag,
		optional: slices.Contains(options, "omitempty") || slices.Contains(options, "omitzero"),
		quoted:   slices.Contains(options, "string") && scalarKind(sf.Type),
		named:    name != "",
	}
}

// visible reports whether encoding/json looks at the field at all. An embedded struct counts even
// when its type is unexported, because its exported fields are promoted.
func visible(sf reflect.StructField) bool {
	if sf.IsExported() {
		return true
	}
	_, isStruct := structType(sf.Type)
	return sf.Anonymous && isStruct
}

// structType follows one pointer and reports whether a struct lies there.
func structType(t reflect.Type) (reflect.Type, bool) {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	return t, t.Kind() == reflect.Struct
}

// scalarKind reports whether the "string" option of a json tag has an effect on t.
func scalarKind(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	switch k := t.Kind(); k {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64:
		return true
	default:
		return k >= reflect.Int && k <= reflect.Uintptr
	}
}

// validName reports whether encoding/json takes the name in a tag; it ignores the others.
func validName(name string) bool {
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) &&
			!strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) {
			return false
		}
	}
	return name != ""
}

// dominant keeps the one field of each name that wins, in the order of the source.
func dominant(all []field) []field {
	byName := map[string][]field{}
	for _, f := range all {
		byName[f.name] = append(byName[f.name], f)
	}
	kept := make([]field, 0, len(all))
	for _, same := range byName {
		if f, ok := winner(same); ok {
			kept = append(kept, f)
		}
	}
	slices.SortFunc(kept, func(a, b field) int { return slices.Compare(a.index, b.index) })
	return kept
}

// winner returns the field that takes the name, false when none does: Go, and encoding/json with
// it, lets two fields at the same depth hide each other.
func winner(same []field) (field, bool) {
	shallow := slices.MinFunc(same, func(a, b field) int { return len(a.index) - len(b.index) })
	same = slices.DeleteFunc(slices.Clone(same), func(f field) bool {
		return len(f.index) > len(shallow.index)
	})
	if len(same) > 1 {
		same = slices.DeleteFunc(same, func(f field) bool { return !f.named })
	}
	if len(same) != 1 {
		return field{}, false
	}
	return same[0], true
}
