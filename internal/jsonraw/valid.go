package jsonraw

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
)

// A validator is a decoder together with the buffer it reads from, kept for the next call.
type validator struct {
	buf bytes.Buffer
	dec *Decoder
}

var validators = sync.Pool{New: func() any { return &validator{dec: NewDecoder(nil)} }}

// Valid returns nil when data is exactly one JSON value, white space around it allowed. Duplicate
// names and invalid UTF-8 inside of strings are accepted: real APIs send both, and neither breaks
// the framing. The error says what is wrong and at which byte.
func Valid(data []byte) error {
	v := validators.Get().(*validator)
	defer validators.Put(v)
	v.buf = *bytes.NewBuffer(data)
	v.dec.Reset(&v.buf)
	err := checkWhole(v.dec)
	// Nothing of the caller's may stay reachable from the pool.
	v.buf = bytes.Buffer{}
	v.dec.Reset(&v.buf)
	return err
}

// checkWhole reads one value and expects the end after it.
func checkWhole(d *Decoder) error {
	switch _, err := d.ReadValue(); {
	case errors.Is(err, io.EOF):
		return errors.New("unexpected end of JSON text")
	case err != nil:
		return err
	}
	switch _, err := d.ReadToken(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("JSON text goes on after the value, at byte %d", d.InputOffset())
}
