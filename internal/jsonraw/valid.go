package jsonraw

import (
	"errors"
	"fmt"
	"io"
)

// Valid returns nil when data is exactly one JSON value, white space around it allowed. Duplicate
// names and invalid UTF-8 inside of strings are accepted: real APIs send both, and neither breaks
// the framing. The error says what is wrong and at which byte.
func Valid(data []byte) error {
	end := checkValue(data, skipSpace(data, 0), 0)
	if end >= 0 && skipSpace(data, end) == len(data) {
		return nil
	}
	var d Decoder
	d.ResetText(data)
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
