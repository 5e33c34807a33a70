package jsonraw

import "io"

// The kinds of a token: the first byte of its text, and '0' for every number.
const (
	Null        = 'n'
	False       = 'f'
	True        = 't'
	String      = '"'
	Number      = '0'
	ObjectStart = '{'
	ObjectEnd   = '}'
	ArrayStart  = '['
	ArrayEnd    = ']'
)

// A Decoder reads JSON values one after the other, from text in memory or from a reader, and checks
// every byte of them. Duplicate names and invalid UTF-8 are accepted, as in [Valid]. Text that ends
// early is reported as [io.ErrUnexpectedEOF]; [io.EOF] means a clean end between top-level values.
//
// It judges as jsontext does, in much less time, and leaves it to that to say what is wrong with a
// value. It is not safe for concurrent use.
type Decoder struct {
	window
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

// NewDecoder returns a decoder of r. nil is an empty reader.
func NewDecoder(r io.Reader) *Decoder {
	d := new(Decoder)
	d.Reset(r)
	return d
}

// Reset makes d read r from the start and keeps its buffer. nil is an empty reader. The decoder
// reads ahead: up to 64 KiB, or the size of eight values up to 1 MiB, or twice that of one.
func (d *Decoder) Reset(r io.Reader) { d.reset(window{in: r, buf: d.buf}) }

// ResetText makes d read text, of which nothing is copied: the values that d returns are parts of
// it.
func (d *Decoder) ResetText(text []byte) { d.reset(window{data: text, buf: d.buf}) }

func (d *Decoder) reset(w window) { *d = Decoder{window: w, open: d.open[:0]} }

// PeekKind returns the kind of the next token, and 0 when there is none because of an error or
// the end; the next read returns that error.
func (d *Decoder) PeekKind() byte {
	for d.kind == 0 {
		at, kind := d.look()
		if kind != 0 {
			d.pos, d.kind = at, kind
			break
		}
		if at < len(d.data) || !d.more() {
			break
		}
	}
	return d.kind
}

// look returns the kind of the next token and where it starts. A kind of 0 means that what stands
// there is wrong, or that the text ends there.
func (d *Decoder) look() (at int, kind byte) {
	i := skipSpace(d.data, d.pos)
	if i == len(d.data) {
		return i, 0
	}
	c := d.data[i]
	if n := len(d.open); n > 0 && c == d.open[n-1] && d.due != memberValue {
		return i, c
	}
	if separator := d.due.separator(); separator != 0 {
		if c != separator {
			return i, 0
		}
		if i = skipSpace(d.data, i+1); i == len(d.data) {
			return i, 0
		}
		c = d.data[i]
	}
	if isName := d.due == firstName || d.due == nextName; isName && c != String {
		return i, 0
	}
	return i, kindOf(c)
}

// separator is what stands before what is due; 0 is nothing.
func (d due) separator() byte {
	switch d {
	case nextElement, nextName:
		return ','
	case memberValue:
		return ':'
	case topValue, firstElement, firstName:
	}
	return 0
}

// kindOf is the kind of the value that c begins, and 0 where it begins none.
func kindOf(c byte) byte {
	switch c {
	case Null, False, True, String, ObjectStart, ArrayStart:
		return c
	}
	if c == '-' || c-'0' <= 9 {
		return Number
	}
	return 0
}

// ReadToken reads one token and returns its kind: a delimiter of an object or array, or a whole
// string, number or literal.
func (d *Decoder) ReadToken() (kind byte, err error) {
	switch kind = d.PeekKind(); kind {
	case ObjectStart:
		return kind, d.enter(ObjectEnd, firstName)
	case ArrayStart:
		return kind, d.enter(ArrayEnd, firstElement)
	case ObjectEnd, ArrayEnd:
		d.open = d.open[:len(d.open)-1]
		d.due = nextElement // what has ended is no name
		d.moveTo(d.pos + 1)
		return kind, nil
	}
	_, err = d.ReadValue()
	return kind, err
}

// enter goes into the object or array that starts at pos.
func (d *Decoder) enter(closing byte, first due) error {
	if len(d.open) == maxDepth {
		return d.explain()
	}
	d.open = append(d.open, closing)
	d.moveTo(d.pos + 1)
	d.due = first
	return nil
}

// moveTo goes behind a token or value that ends at i.
func (d *Decoder) moveTo(i int) {
	d.pos, d.end, d.kind = i, i, 0
	switch n := len(d.open); {
	case d.due == firstName || d.due == nextName:
		d.due = memberValue
	case n == 0:
		d.due = topValue
	case d.open[n-1] == ArrayEnd:
		d.due = nextElement
	default:
		d.due = nextName
	}
}

// ReadValue reads one whole value and returns its text, valid until the next call of any method.
func (d *Decoder) ReadValue() ([]byte, error) {
	for d.PeekKind() != 0 {
		end := checkValue(d.data, d.pos, len(d.open))
		if end == endsEarly && d.more() {
			continue
		}
		if end < 0 {
			break
		}
		length := end - d.pos // pos does not stay where more is read
		if end == len(d.data) && d.kind == Number && d.more() {
			continue // the number may go on
		}
		start := d.pos
		d.moveTo(start + length)
		return d.data[start:d.end:d.end], nil
	}
	return nil, d.explain()
}

// SkipValue reads one whole value and forgets it; the value may be larger than memory.
func (d *Decoder) SkipValue() error {
	if kind := d.PeekKind(); d.in == nil || kind != ObjectStart && kind != ArrayStart {
		_, err := d.ReadValue()
		return err
	}
	for depth := len(d.open); ; {
		if _, err := d.ReadToken(); err != nil || len(d.open) == depth {
			return err
		}
	}
}

// ReadName reads the name of an object's member, or any other string, without its quotes and
// escapes.
func (d *Decoder) ReadName() (string, error) {
	quoted, err := d.ReadValue()
	if err != nil {
		return "", err
	}
	name, _ := Unquote(quoted)
	return name, nil
}

// InputOffset returns the number of bytes read so far: the end of the last token or value.
func (d *Decoder) InputOffset() int64 { return d.before + int64(d.end) }

// more reads on behind the token at pos. false means that there is no more.
func (d *Decoder) more() bool {
	if d.isWhole() {
		return false
	}
	moved, more := d.fill(d.pos)
	d.pos, d.end = d.pos-moved, d.end-moved
	return more
}
