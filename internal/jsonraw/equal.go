package jsonraw

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// Equal reports whether two JSON texts mean the same, with exact numbers: spelling, white space and
// the order of members do not matter. Texts that are not JSON equal nothing but themselves.
func Equal(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	before, errBefore := exactValue(a)
	after, errAfter := exactValue(b)
	return errBefore == nil && errAfter == nil && reflect.DeepEqual(before, after)
}

// exactValue decodes without rounding numbers.
func exactValue(data []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}
