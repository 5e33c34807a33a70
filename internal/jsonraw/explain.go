package jsonraw

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// lenient is what real APIs need, and what does not break the framing.
var lenient = []jsontext.Options{
	jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
}

// judge returns jsontext's error for the first value in text that has one; [io.EOF] when none has.
func judge(text []byte) error {
	d := jsontext.NewDecoder(bytes.NewBuffer(text), lenient...)
	for {
		if _, err := d.ReadValue(); err != nil {
			return err
		}
	}
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
	isCut := isEnd || kind != 0 && checkValue(d.data, at, len(d.open)) == endsEarly
	switch {
	case isCut && d.err != nil && !errors.Is(d.err, io.EOF):
		return d.err
	case isEnd && len(d.open) == 0 && skipSpace(d.data, d.pos) == at:
		return io.EOF
	case d.before == 0:
		return d.explainWhole()
	case isCut:
		return d.wrong(len(d.data), io.ErrUnexpectedEOF)
	case kind == 0:
		return d.wrong(at, fmt.Errorf("invalid character %q", d.data[at]))
	}
	err := judge(d.data[at:])
	if inValue, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return d.wrong(at+int(inValue.ByteOffset), inValue.Err)
	}
	return d.wrong(at, errTooDeep)
}

// explainWhole explains with all that stood before, so that the error names the path, too.
func (d *Decoder) explainWhole() error {
	if err := judge(d.data); !errors.Is(err, io.EOF) {
		return err
	}
	return errNoValue
}

func (d *Decoder) wrong(at int, what error) error {
	return &jsontext.SyntacticError{ByteOffset: d.before + int64(at), Err: what}
}
