package state

import (
	"bytes"
	"encoding/json"

	"github.com/airbyte-go/cdk/protocol"
)

// Of decodes the state of the stream d into a T; ok is false when the stream has none. A number
// that T leaves open becomes a [json.Number], so none loses digits. A state that does not fit T
// is a [*protocol.Error] of type ConfigError.
func Of[T any](s *Set, d protocol.Descriptor) (v T, ok bool, err error) {
	raw, ok := s.Stream(d)
	if !ok {
		return v, false, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		var zero T
		return zero, false, unfit(d, err)
	}
	return v, true, nil
}

func unfit(d protocol.Descriptor, err error) error {
	e := protocol.Errorf(protocol.ConfigError, "The saved state of stream %q is none of this "+
		"connector's: %w. Correct it, or reset the stream to read it from the beginning.", d, err)
	e.Stream = d
	return e
}
