package jsonraw

import (
	"errors"
	"fmt"
	"iter"
)

var (
	errNotObject = errors.New("not a JSON object")
	errNotArray  = errors.New("not a JSON array")
)

// Property is one member of an object.
type Property struct {
	Name  string // without quotes and escapes
	Value []byte // text of the value, a part of the object's
}

// Members walks the members of the object in data in their order, duplicates included. It ends
// with an error when data is not an object; the values themselves are not checked.
func Members(data []byte) iter.Seq2[Property, error] {
	return func(yield func(Property, error) bool) {
		w := Walk(data)
		for w.Next() {
			if !yield(Property{Name: string(w.Name()), Value: w.Value()}, nil) {
				return
			}
		}
		if w.Err() != nil {
			yield(Property{}, w.Err())
		}
	}
}

// Elements walks the elements of the array in data. It ends with an error when data is not an
// array; the elements themselves are not checked.
func Elements(data []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		w := walk(data, '[', ']', errNotArray)
		for w.nextElement() {
			if !yield(w.value, nil) {
				return
			}
		}
		if w.err != nil {
			yield(nil, w.err)
		}
	}
}

// A Walker stands on one member of an object after the other. It allocates only for a name that
// is written with escapes. [Walk] makes one.
type Walker struct {
	data   []byte
	pos    int
	closer byte // what ends the walk: '}' or ']'
	inner  bool // made by Enter: more may follow the closing bracket
	begun  bool // a member was read, so a comma must precede the next one
	done   bool
	err    error

	start int // of the current member
	name  []byte
	value []byte
}

// Walk returns a walker before the first member of the object in data.
func Walk(data []byte) Walker { return walk(data, '{', '}', errNotObject) }

func walk(data []byte, opener, closer byte, otherwise error) Walker {
	i := skipSpace(data, 0)
	if i >= len(data) || data[i] != opener {
		return Walker{err: otherwise, done: true}
	}
	return Walker{data: data, pos: i + 1, closer: closer}
}

// Next moves to the next member; false at the end and at an error.
func (w *Walker) Next() bool { return w.more() && w.readName() && w.readValue() }

func (w *Walker) nextElement() bool { return w.more() && w.readValue() }

// NextName is the first half of Next: it moves to the next member and stands before its value. One
// of ReadValue and Enter must follow.
func (w *Walker) NextName() bool { return w.more() && w.readName() }

// ReadValue is the second half of Next.
func (w *Walker) ReadValue() bool { return w.readValue() }

// Enter returns a walker of the object that is the current member's value, so that its members are
// seen on the way to its end, and not on a second one. ok is false, and nothing has happened, when
// the value is no object. The walk goes on with Leave.
func (w *Walker) Enter() (inner Walker, ok bool) {
	if !w.at('{') {
		return Walker{}, false
	}
	return Walker{data: w.data, pos: w.pos + 1, closer: '}', inner: true}, true
}

// Leave goes on behind the object of an inner walker that has come to its end; false where that was
// an error. The object is then the member's value.
func (w *Walker) Leave(inner *Walker) bool {
	if inner.err != nil {
		w.done, w.err = true, inner.err
		return false
	}
	w.value, w.pos = w.data[w.pos:inner.pos:inner.pos], inner.pos
	return true
}

// Name returns the member's name without quotes and escapes, valid as long as the data.
func (w *Walker) Name() []byte { return w.name }

// Value returns the text of the member's value, a part of the data.
func (w *Walker) Value() []byte { return w.value }

// Text returns the whole member as it stands in the data, from the quote of its name to the end
// of its value.
func (w *Walker) Text() []byte { return w.data[w.start:w.pos:w.pos] }

// Err returns why the walk ended early, nil after the last member.
func (w *Walker) Err() error { return w.err }

// more moves to where the next member starts and reports whether there is one.
func (w *Walker) more() bool {
	if w.done {
		return false
	}
	w.pos = skipSpace(w.data, w.pos)
	if w.at(w.closer) {
		return w.finish()
	}
	if w.begun {
		if !w.at(',') {
			return w.fail("expected a comma")
		}
		w.pos = skipSpace(w.data, w.pos+1)
	}
	w.begun = true
	return true
}

func (w *Walker) readName() bool {
	w.start = w.pos
	if !w.at('"') {
		return w.fail("expected a name")
	}
	end := skipString(w.data, w.pos)
	if end < 0 {
		return w.fail("no end of the name that starts")
	}
	w.name = unquote(w.data[w.pos:end])
	w.pos = skipSpace(w.data, end)
	if !w.at(':') {
		return w.fail("expected a colon")
	}
	w.pos = skipSpace(w.data, w.pos+1)
	return true
}

func (w *Walker) readValue() bool {
	end := skipValue(w.data, w.pos)
	if end < 0 {
		return w.fail("expected a value")
	}
	w.value, w.pos = w.data[w.pos:end:end], end
	return true
}

func (w *Walker) at(c byte) bool { return w.pos < len(w.data) && w.data[w.pos] == c }

// finish ends the walk at the closing bracket, after which nothing may follow, unless the object is
// a part of another.
func (w *Walker) finish() bool {
	w.done = true
	if w.inner {
		w.pos++
		return false
	}
	if w.pos = skipSpace(w.data, w.pos+1); w.pos < len(w.data) {
		return w.fail("expected the end")
	}
	return false
}

func (w *Walker) fail(what string) bool {
	w.done = true
	w.err = fmt.Errorf("%s at byte %d", what, w.pos)
	return false
}
