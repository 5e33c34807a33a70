package jsonraw

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// text is the decoder of JSON text in memory, which is several times as fast as one that may have
// to wait for more at any byte. It judges as jsontext does, and leaves it to that to say what is
// wrong.
type text struct {
	data []byte
	pos  int    // of the next token, or of what separates it from the one before
	end  int    // of the last token
	open []byte // the brackets that are to be closed
	due  due    // what follows at pos
	kind byte   // of the token at pos, once that has been looked at; else 0
}

// due is what may follow.
type due byte

const (
	topValue     due = iota // a value, or the end of the text
	firstElement            // an element, or the end of the array
	nextElement             // a comma and an element, or the end of the array
	firstName               // a name, or the end of the object
	nextName                // a comma and a name, or the end of the object
	memberValue             // a colon and a value
)

// reset makes t read data from the start.
func (t *text) reset(data []byte) { *t = text{data: data, open: t.open[:0]} }

// peek returns the kind of the next token and goes to where it starts; 0 where there is none.
func (t *text) peek() byte {
	if t.kind != 0 {
		return t.kind
	}
	i := skipSpace(t.data, t.pos)
	if i == len(t.data) {
		return 0
	}
	c := t.data[i]
	if n := len(t.open); n == 0 || c != t.open[n-1] || t.due == memberValue {
		if i = t.separated(i); i < 0 {
			return 0
		}
		c = t.data[i]
	}
	if t.kind = kindOf(c); t.kind != 0 {
		t.pos = i
	}
	return t.kind
}

// separated returns where the value or the name starts that is due at i or behind a separator
// there, and -1 where it is not.
func (t *text) separated(i int) int {
	var separator byte
	switch t.due {
	case nextElement, nextName:
		separator = ','
	case memberValue:
		separator = ':'
	case topValue, firstElement, firstName:
	}
	if separator != 0 {
		if t.data[i] != separator {
			return -1
		}
		if i = skipSpace(t.data, i+1); i == len(t.data) {
			return -1
		}
	}
	c := t.data[i]
	isName := t.due == firstName || t.due == nextName
	if c == ']' || c == '}' || isName && c != '"' {
		return -1
	}
	return i
}

// kindOf is the kind of the token that c begins, and 0 where it begins none.
func kindOf(c byte) byte {
	switch c {
	case Null, False, True, String, ObjectStart, ObjectEnd, ArrayStart, ArrayEnd:
		return c
	}
	if c == '-' || c-'0' <= 9 {
		return Number
	}
	return 0
}

// token reads one token.
func (t *text) token() (kind byte, err error) {
	switch kind = t.peek(); kind {
	case ObjectStart:
		return kind, t.opens(ObjectEnd, firstName)
	case ArrayStart:
		return kind, t.opens(ArrayEnd, firstElement)
	case ObjectEnd, ArrayEnd:
		t.open = t.open[:len(t.open)-1]
		t.due = nextElement // what has ended is no name
		t.moveTo(t.pos + 1)
		return kind, nil
	}
	_, err = t.value()
	return kind, err
}

// opens goes into the object or array that starts at pos.
func (t *text) opens(closing byte, next due) error {
	if len(t.open) == maxDepth {
		return t.explain()
	}
	t.open = append(t.open, closing)
	t.moveTo(t.pos + 1)
	t.due = next
	return nil
}

// value reads one whole value, or a name.
func (t *text) value() ([]byte, error) {
	if t.peek() == 0 {
		return nil, t.explain()
	}
	start := t.pos
	end := checkValue(t.data, start, len(t.open))
	if end < 0 {
		return nil, t.explain()
	}
	t.moveTo(end)
	return t.data[start:end:end], nil
}

// moveTo goes behind a token or value that ends at i.
func (t *text) moveTo(i int) {
	t.pos, t.end, t.kind = i, i, 0
	switch n := len(t.open); {
	case t.due == firstName || t.due == nextName:
		t.due = memberValue
	case n == 0:
		t.due = topValue
	case t.open[n-1] == ArrayEnd:
		t.due = nextElement
	default:
		t.due = nextName
	}
}

// errNoValue is what remains to be said of valid text.
var errNoValue = errors.New("no value starts here")

// explain returns the error of the decoder that can explain it, which reads the text once more.
func (t *text) explain() error {
	if len(t.open) == 0 && skipSpace(t.data, t.pos) == len(t.data) {
		return io.EOF
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(t.data), lenient...)
	for {
		switch _, err := d.ReadValue(); {
		case errors.Is(err, io.EOF):
			return errNoValue
		case err != nil:
			return err
		}
	}
}
