package jsonraw

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// judge is jsontext, which says what is wrong with text that was refused.
type judge struct {
	dec *jsontext.Decoder
	buf bytes.Buffer
}

// read returns the error of the first value in text that has one; [io.EOF] when none has.
func (j *judge) read(text []byte) error {
	if j.dec == nil {
		j.dec = new(jsontext.Decoder)
	}
	j.buf = *bytes.NewBuffer(text)
	j.dec.Reset(&j.buf, lenient...)
	defer func() { // nothing of the caller's may stay reachable
		j.buf = bytes.Buffer{}
		j.dec.Reset(&j.buf)
	}()
	for {
		if _, err := j.dec.ReadValue(); err != nil {
			return err
		}
	}
}

// isPart reports whether the value at pos, which was refused, may be the beginning of one.
func (d *Decoder) isPart() bool {
	return d.in != nil && errors.Is(d.judge.read(d.data[d.pos:]), io.ErrUnexpectedEOF)
}

// mayBePart is isPart for less: of a small value it does not ask why it was refused.
func (d *Decoder) mayBePart() bool {
	return !d.isWhole() && (len(d.data)-d.pos < windowSize || d.isPart())
}

// What jsontext does not say, because it sees no more than a part of the text.
var (
	errNoValue = errors.New("no value starts here")
	errTooDeep = fmt.Errorf("more than %d objects and arrays lie in each other", maxDepth)
)

// explain returns what is wrong with what stands at pos.
func (d *Decoder) explain() error {
	at, kind := d.pos, d.kind
	if kind == 0 {
		at, kind = d.look()
	}
	isEnd := kind == 0 && at == len(d.data)
	switch {
	case d.err != nil && !errors.Is(d.err, io.EOF) && (isEnd || d.isPart()):
		return d.err
	case isEnd && len(d.open) == 0 && skipSpace(d.data, d.pos) == at:
		return io.EOF
	case d.before == 0:
		return d.explainWhole()
	case isEnd:
		return d.wrong(at, io.ErrUnexpectedEOF)
	case kind == 0:
		return d.wrong(at, fmt.Errorf("invalid character %q", d.data[at]))
	}
	err := d.judge.read(d.data[at:])
	if inValue, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return d.wrong(at+int(inValue.ByteOffset), inValue.Err)
	}
	return d.wrong(at, errTooDeep)
}

// explainWhole explains with all that stood before, so that the error names the path, too.
func (d *Decoder) explainWhole() error {
	if err := d.judge.read(d.data); !errors.Is(err, io.EOF) {
		return err
	}
	return errNoValue
}

func (d *Decoder) wrong(at int, what error) error {
	return &jsontext.SyntacticError{ByteOffset: d.before + int64(at), Err: what}
}
