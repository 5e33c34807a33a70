package jsonraw

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// Replace returns a copy of the valid JSON in data with value at path: names of members, and
// numbers of elements where the way leads through an array. All else keeps its bytes and order,
// except for white space along the way. A member that is not there is added, and so are the objects
// on the way to it, where there is none or null; an element of an array must be there. An empty
// path means data itself.
//
// The error names the place and shows no value.
func Replace(data []byte, path []string, value []byte) ([]byte, error) {
	if len(path) == 0 {
		return bytes.Clone(value), nil
	}
	switch data = bytes.TrimSpace(data); {
	case IsNull(data):
		return replaceMember([]byte("{}"), path, value)
	case len(data) > 0 && data[0] == ObjectStart:
		return replaceMember(data, path, value)
	case len(data) > 0 && data[0] == ArrayStart:
		return replaceElement(data, path, value)
	}
	return nil, fmt.Errorf("there is no object to hold %q", path[0])
}

// replaceMember replaces each member of the name: a reader may count the first or the last.
func replaceMember(data []byte, path []string, value []byte) ([]byte, error) {
	out := []byte{ObjectStart}
	add := func(name string, value []byte) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(AppendString(out, name), ':')
		out = append(out, value...)
	}
	found := false
	for m, err := range Members(data) {
		if err != nil {
			return nil, err
		}
		if m.Name == path[0] {
			found = true
			if m.Value, err = Replace(m.Value, path[1:], value); err != nil {
				return nil, err
			}
		}
		add(m.Name, m.Value)
	}
	if !found {
		for i := len(path) - 1; i > 0; i-- {
			value = append(append(AppendString([]byte{ObjectStart}, path[i]), ':'), value...)
			value = append(value, ObjectEnd)
		}
		add(path[0], value)
	}
	return append(out, ObjectEnd), nil
}

var errNoElement = errors.New("there is no such element")

func replaceElement(data []byte, path []string, value []byte) ([]byte, error) {
	index, err := strconv.Atoi(path[0])
	if err != nil || index < 0 {
		return nil, fmt.Errorf("%q is no number of an element of an array", path[0])
	}
	out := []byte{ArrayStart}
	n := 0
	for element, err := range Elements(data) {
		if err == nil && n == index {
			element, err = Replace(element, path[1:], value)
		}
		if err != nil {
			return nil, err
		}
		if n > 0 {
			out = append(out, ',')
		}
		out = append(out, element...)
		n++
	}
	if index >= n {
		return nil, fmt.Errorf("%w: %d of %d", errNoElement, index, n)
	}
	return append(out, ArrayEnd), nil
}
