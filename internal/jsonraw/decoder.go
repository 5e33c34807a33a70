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

// A Decoder reads JSON values one after the other from a reader and checks every byte of them.
// Duplicate names and invalid UTF-8 are accepted, as in [Valid]. Text that ends early is reported
// as [io.ErrUnexpectedEOF]; [io.EOF] means a clean end between top-level values.
//
// It is not safe for concurrent use.
type Decoder struct {
	dec *jsontext.Decoder
}

// NewDecoder returns a decoder of r. A *bytes.Buffer is used in place instead of being copied.
func NewDecoder(r io.Reader) *Decoder {
	d := &Decoder{dec: new(jsontext.Decoder)}
	d.Reset(r)
	return d
}

// Reset makes d read r from the start and keeps its buffers.
func (d *Decoder) Reset(r io.Reader) {
	if r == nil {
		r = strings.NewReader("")
	}
	d.dec.Reset(r, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// PeekKind returns the kind of the next token, and 0 when there is none because of an error or
// the end; the next read returns that error.
func (d *Decoder) PeekKind() byte { return byte(d.dec.PeekKind()) }

// ReadToken reads one token and returns its kind: a delimiter of an object or array, or a whole
// string, number or literal.
func (d *Decoder) ReadToken() (kind byte, err error) {
	t, err := d.dec.ReadToken()
	if err != nil {
		return 0, err
	}
	return byte(t.Kind()), nil
}

// ReadValue reads one whole value and returns its text, valid until the next call of any method.
func (d *Decoder) ReadValue() ([]byte, error) {
	v, err := d.dec.ReadValue()
	return v, err
}

// SkipValue reads one whole value and forgets it; the value may be larger than memory.
func (d *Decoder) SkipValue() error { return d.dec.SkipValue() }

// ReadName reads the name of an object's member, or any other string, without its quotes and
// escapes.
func (d *Decoder) ReadName() (string, error) {
	t, err := d.dec.ReadToken()
	if err != nil {
		return "", err
	}
	return t.String(), nil
}

// InputOffset returns the number of bytes read so far: the end of the last token or value.
func (d *Decoder) InputOffset() int64 { return d.dec.InputOffset() }
