package jsonraw

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// Canonical returns the one spelling of a JSON value that all texts of the same value have: members
// in order, no white space, strings with as few escapes as can be. Numbers keep their digits, so 1
// and 1.0 differ, as they do in Python. Text that is not JSON is returned as it is. The result is
// the caller's.
func Canonical(data []byte) []byte {
	v := jsontext.Value(bytes.Clone(data))
	err := v.Canonicalize(
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
		jsontext.CanonicalizeRawInts(false), jsontext.CanonicalizeRawFloats(false),
	)
	if err != nil {
		return bytes.Clone(data)
	}
	return v
}
