package jsonraw

import (
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

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
// It is not safe for concurrent use.
type Decoder struct {
	dec      *jsontext.Decoder // of a reader
	text     text              // of text in memory
	inMemory bool
}

// lenient is what real APIs need, and what neither breaks the framing.
var lenient = []jsontext.Options{
	jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
}

// NewDecoder returns a decoder of r. nil is an empty reader.
func NewDecoder(r io.Reader) *Decoder {
	d := &Decoder{dec: new(jsontext.Decoder)}
	d.Reset(r)
	return d
}

// Reset makes d read r from the start and keeps its buffers. nil is an empty reader.
func (d *Decoder) Reset(r io.Reader) {
	if r == nil {
		r = strings.NewReader("")
	}
	d.inMemory = false
	d.text.reset(nil)
	d.dec.Reset(r, lenient...)
}

// ResetText makes d read text, which is several times as fast as a reader of it. Nothing is copied:
// the values that d returns are parts of text.
func (d *Decoder) ResetText(text []byte) {
	d.inMemory = true
	d.text.reset(text)
}

// PeekKind returns the kind of the next token, and 0 when there is none because of an error or
// the end; the next read returns that error.
func (d *Decoder) PeekKind() byte {
	if d.inMemory {
		return d.text.peek()
	}
	return byte(d.dec.PeekKind())
}

// ReadToken reads one token and returns its kind: a delimiter of an object or array, or a whole
// string, number or literal.
func (d *Decoder) ReadToken() (kind byte, err error) {
	if d.inMemory {
		return d.text.token()
	}
	t, err := d.dec.ReadToken()
	if err != nil {
		return 0, err
	}
	return byte(t.Kind()), nil
}

// ReadValue reads one whole value and returns its text, valid until the next call of any method.
func (d *Decoder) ReadValue() ([]byte, error) {
	if d.inMemory {
		return d.text.value()
	}
	v, err := d.dec.ReadValue()
	return v, err
}

// SkipValue reads one whole value and forgets it; the value may be larger than memory.
func (d *Decoder) SkipValue() error {
	if d.inMemory {
		_, err := d.text.value()
		return err
	}
	return d.dec.SkipValue()
}

// ReadName reads the name of an object's member, or any other string, without its quotes and
// escapes.
func (d *Decoder) ReadName() (string, error) {
	if d.inMemory {
		quoted, err := d.text.value()
		if err != nil {
			return "", err
		}
		name, _ := Unquote(quoted)
		return name, nil
	}
	t, err := d.dec.ReadToken()
	if err != nil {
		return "", err
	}
	return t.String(), nil
}

// InputOffset returns the number of bytes read so far: the end of the last token or value.
func (d *Decoder) InputOffset() int64 {
	if d.inMemory {
		return int64(d.text.end)
	}
	return d.dec.InputOffset()
}
