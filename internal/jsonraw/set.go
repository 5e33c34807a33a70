package jsonraw

import (
	"bytes"
	"fmt"
)

// Set returns the object in data with the member at path set to value, both JSON texts. A member
// that is there is replaced in its place, also where several have its name; one that is not is
// added at the end, with the objects on the way to it. Nothing, and a null on the way, count as an
// empty object. The result shares no memory with data. An empty path returns value.
//
// The error says that data, or a value on the way, is not an object.
func Set(data []byte, path []string, value []byte) ([]byte, error) {
	if len(path) == 0 {
		return bytes.Clone(value), nil
	}
	if len(data) == 0 || IsNull(data) {
		data = []byte("{}")
	}
	return set(data, path[0], path[1:], value)
}

// set is Set for a member of data and the way from there.
func set(data []byte, name string, rest []string, value []byte) ([]byte, error) {
	var out, old []byte
	place := -1 // in out, of the member
	w := Walk(data)
	for w.Next() {
		switch {
		case string(w.Name()) != name:
			out = append(appendComma(out), w.Text()...)
		case place < 0:
			place, old = len(out), w.Value()
		}
	}
	if w.Err() != nil {
		return nil, w.Err()
	}
	inner, err := Set(old, rest, value)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", name, err)
	}
	if place < 0 {
		place = len(out)
	}
	member := append(append(AppendString(appendComma(out[:place:place]), name), ':'), inner...)
	if place == 0 && len(out) > 0 { // it has become the first
		out[0] = ','
	}
	return append(append(member, out[place:]...), '}'), nil
}

// appendComma appends what stands before the next member of an object.
func appendComma(out []byte) []byte {
	if len(out) == 0 {
		return append(out, '{')
	}
	return append(out, ',')
}
