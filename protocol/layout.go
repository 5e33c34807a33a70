package protocol

import (
	"errors"
	"reflect"
	"strings"
	"sync"
)

// A layout is how a struct type maps to a JSON object: its fields in order, with the names and
// the omitempty of their json tags. Reading and writing share it, so they cannot disagree.
type layout struct {
	fields []field
	byName map[string]int // index in fields
	extra  []int          // the Extra for the object's unknown properties; nil: they are dropped
}

type field struct {
	name     string
	index    []int
	required bool  // written even when empty
	loose    bool  // a value of another type is no error; see Bookkeeping
	extra    []int // the Extra for the unknown properties of this field's object
}

var (
	layouts   sync.Map // reflect.Type to *layout
	extraType = reflect.TypeFor[Extra]()
)

func layoutOf(t reflect.Type) *layout {
	known, ok := layouts.Load(t)
	if !ok {
		known, _ = layouts.LoadOrStore(t, newLayout(t))
	}
	l, _ := known.(*layout)
	return l
}

func newLayout(t reflect.Type) *layout {
	l := &layout{byName: map[string]int{}}
	extras := map[string][]int{} // by the name of the property whose object they belong to
	for _, f := range reflect.VisibleFields(t) {
		switch {
		case f.Type == extraType:
			extras[f.Tag.Get("extra")] = f.Index
		case !f.Anonymous:
			l.byName[fieldName(f)] = len(l.fields)
			l.fields = append(l.fields, newField(f))
		}
	}
	l.extra = extras[""]
	for i := range l.fields {
		l.fields[i].extra = extras[l.fields[i].name]
	}
	return l
}

func newField(f reflect.StructField) field {
	return field{
		name:     fieldName(f),
		index:    f.Index,
		required: !strings.HasSuffix(f.Tag.Get("json"), ",omitempty"),
		loose:    f.Tag.Get("loose") != "",
	}
}

func fieldName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// omitted reports whether the field of the struct v is not written because it is empty.
func (f *field) omitted(v reflect.Value) bool {
	if f.required {
		return false
	}
	value := v.FieldByIndex(f.index)
	if kind := value.Kind(); kind == reflect.Slice || kind == reflect.Map {
		return value.Len() == 0
	}
	return value.IsZero()
}

// A pathError says where in a document something is wrong: "state.stream.stream_state: ...".
type pathError struct {
	path string
	err  error
}

func (e *pathError) Error() string { return e.path + ": " + e.err.Error() }
func (e *pathError) Unwrap() error { return e.err }

// at adds the name of the enclosing property to err.
func at(name string, err error) error {
	if inner, ok := errors.AsType[*pathError](err); ok {
		separator := "."
		if strings.HasPrefix(inner.path, "[") {
			separator = ""
		}
		return &pathError{name + separator + inner.path, inner.err}
	}
	return &pathError{name, err}
}
