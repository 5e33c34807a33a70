package http

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// Keys renames all top-level fields of each record: http.Keys(strings.ToLower), or
// http.Keys(http.SnakeCase). Two fields that get one name are an error, because one of them would
// be lost. rename is called once or more for each name, for several slices at the same time.
func Keys(rename func(name string) string) Edit {
	return stateless(func() editor {
		names := newNames(rename)
		var out []byte
		return func(record []byte) ([]byte, error) {
			names.begin()
			out = out[:0]
			for w := jsonraw.Walk(record); w.Next(); {
				name, err := names.take(w.Name())
				if err != nil {
					return nil, err
				}
				out = append(append(appendSeparator(out, 0, '{'), name...), w.Value()...)
			}
			return appendEnd(out, 0, "{}"), nil
		}
	})
}

// Flatten moves the fields of nested objects to the top level of each record, under names joined by
// a separator: with "_", {"a":{"b":1}} becomes {"a_b":1}. Arrays and empty objects stay as they
// are. Two fields that get one name are an error, because one of them would be lost.
func Flatten(separator string) Edit {
	return stateless(func() editor {
		f := &flattener{separator: separator, names: newNames(nil)}
		return func(record []byte) ([]byte, error) {
			f.names.begin()
			f.out = f.out[:0]
			if err := f.flatten(record, 0); err != nil {
				return nil, err
			}
			return appendEnd(f.out, 0, "{}"), nil
		}
	})
}

type flattener struct {
	separator string
	names     *names
	name      []byte // of the current object
	out       []byte
}

// flatten appends the members of an object; the name that they begin with has the given length.
func (f *flattener) flatten(object []byte, prefix int) error {
	for w := jsonraw.Walk(object); w.Next(); {
		f.name = append(f.name[:prefix], w.Name()...)
		if isObject, empty := jsonraw.EmptyObject(w.Value()); isObject && !empty {
			f.name = append(f.name, f.separator...)
			if err := f.flatten(w.Value(), len(f.name)); err != nil {
				return err
			}
			continue
		}
		name, err := f.names.take(f.name)
		if err != nil {
			return err
		}
		f.out = append(append(appendSeparator(f.out, 0, '{'), name...), w.Value()...)
	}
	return nil
}

// names computes new names of fields, once for each old one, and finds two fields of a record that
// get the same. A record that has a name twice already keeps the first, which is the one that all
// else goes by.
type names struct {
	rename func(string) string // nil: the name stays
	known  map[string]*newName // by old name
	used   map[string]*newName // by new name
	record uint64              // number of the current record
}

// newName is a name with its quotes and the colon behind it.
type newName struct {
	text   []byte
	name   string
	record uint64 // the last to use it
}

// maxKnownNames bounds the memory for records whose fields are named by data.
const maxKnownNames = 1 << 14

func newNames(rename func(string) string) *names {
	return &names{
		rename: rename, known: map[string]*newName{}, used: map[string]*newName{},
	}
}

// begin begins the next record.
func (n *names) begin() {
	n.record++
	if len(n.known) > maxKnownNames {
		clear(n.known)
		clear(n.used)
	}
}

// take returns the new name of a field, with its quotes and the colon.
func (n *names) take(old []byte) ([]byte, error) {
	name, ok := n.known[string(old)]
	if !ok {
		name = n.make(string(old))
	}
	if name.record == n.record {
		return nil, fmt.Errorf("two fields of a record get the name %s; Rename or Remove one of "+
			"them first", quote(name.name))
	}
	name.record = n.record
	return name.text, nil
}

// make computes the new name of a field that is met for the first time.
func (n *names) make(old string) *newName {
	text := old
	if n.rename != nil {
		text = n.rename(old)
	}
	name, ok := n.used[text]
	if !ok {
		name = &newName{name: text, text: append(jsonraw.AppendString(nil, text), ':')}
		n.used[text] = name
	}
	n.known[old] = name
	return name
}

// SnakeCase returns a name in lower case with its words parted by underscores: "createdAt",
// "Created At" and "created-at" become "created_at", "HTTPStatus2" becomes "http_status_2". Letters
// beyond ASCII are letters, and what is neither letter nor digit parts words.
func SnakeCase(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		if !isWord(r) {
			continue
		}
		if i > 0 && b.Len() > 0 && beginsWord(runes, i) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// beginsWord reports whether a word begins at the rune of an index above 0.
func beginsWord(runes []rune, i int) bool {
	before, r := runes[i-1], runes[i]
	switch {
	case !isWord(before):
		return true
	case unicode.IsDigit(r) != unicode.IsDigit(before):
		return true
	case unicode.IsUpper(r) && !unicode.IsUpper(before):
		return true
	case unicode.IsUpper(r) && i+1 < len(runes):
		return unicode.IsLower(runes[i+1]) // the last letter of HTTPStatus's first word is the P
	}
	return false
}
