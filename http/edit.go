package http

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/sources"
)

// An Edit changes each record of a stream, or drops it, before the engine sees it: [Filter], [Add],
// [Remove], [Rename], [Flatten], [Keys], [Cast] and [Map]. The edits of a stream run in the order
// given. All but Map work on the text of the record: nothing is decoded, numbers and what is not
// touched keep their bytes. A stream without edits pays nothing for them.
//
// The interface is sealed, so that it can grow.
type Edit interface {
	// begin returns the edit for the records of one slice.
	begin(ctx context.Context, s sources.Slice) (editor, error)
}

// editor edits one record after the other. The result is nil when the record is dropped; it is
// valid until the next call, and may be the record itself.
type editor func(record []byte) ([]byte, error)

// stateless is an edit that is the same for all slices, but for its buffers.
type stateless func() editor

func (f stateless) begin(context.Context, sources.Slice) (editor, error) { return f(), nil }

// edited returns emit behind the edits.
func edited(
	ctx context.Context, edits []Edit, s sources.Slice, emit func(record []byte) error,
) (func(record []byte) error, error) {
	if len(edits) == 0 {
		return emit, nil
	}
	editors := make([]editor, len(edits))
	for i, e := range edits {
		var err error
		if editors[i], err = e.begin(ctx, s); err != nil {
			return nil, err
		}
	}
	return func(record []byte) error {
		for _, edit := range editors {
			var err error
			if record, err = edit(record); err != nil || record == nil {
				return err
			}
		}
		return emit(record)
	}, nil
}

// Filter keeps the records for which keep returns true. It gets the JSON of the value at a dotted
// path, nil where the record has none; the path "" is the record. keep must not change or keep the
// bytes, and is called for several slices at the same time.
func Filter(path string, keep func(value json.RawMessage) bool) Edit {
	names := splitPath(path)
	return stateless(func() editor {
		return func(record []byte) ([]byte, error) {
			value, _ := jsonraw.Member(record, names)
			if !keep(value) {
				return nil, nil
			}
			return record, nil
		}
	})
}

// Map turns each record into another with code of one's own; nil drops the record. record must not
// be changed or kept, the result must be a JSON object. A function that decodes the record costs
// ten times as much as all other edits together. It is called for several slices at the same time.
type Map func(record []byte, s sources.Slice) ([]byte, error)

func (m Map) begin(_ context.Context, s sources.Slice) (editor, error) {
	return func(record []byte) ([]byte, error) {
		out, err := m(record, s)
		if err != nil || out == nil {
			return nil, err
		}
		if err := jsonraw.Valid(out); err != nil {
			return nil, fmt.Errorf("the Map of the stream returned a record that is not valid "+
				"JSON: %w", err)
		}
		return out, nil
	}, nil
}

// Add adds a field to each record, or replaces the one of that name. value becomes JSON; strings in
// it are templates like those of a stream's Body, so that "{from}" adds where the slice begins. An
// open bound is null. It panics for a value without a JSON form, such as a channel.
func Add(field string, value any) Edit {
	template, ok, err := newBodyTemplate(value)
	switch {
	case err != nil:
		panic(fmt.Sprintf("http.Add(%q, ...): %v", field, err))
	case !ok:
		template = bodyTemplate("null")
	}
	return add{field: field, value: template}
}

type add struct {
	field string
	value bodyTemplate
}

func (a add) begin(_ context.Context, s sources.Slice) (editor, error) {
	value := a.value.expand(bind(s))
	if value == nil {
		value = []byte("null")
	}
	member := append(append(jsonraw.AppendString(nil, a.field), ':'), value...)
	var out []byte
	return func(record []byte) ([]byte, error) {
		out = out[:0]
		for w := jsonraw.Walk(record); w.Next(); {
			if string(w.Name()) != a.field {
				out = append(appendSeparator(out, 0, '{'), w.Text()...)
			}
		}
		out = append(appendSeparator(out, 0, '{'), member...)
		return append(out, '}'), nil
	}, nil
}

// Remove removes fields from each record, by dotted paths: "address.street" leaves the rest of the
// address. What a record does not have, or does not hold in objects, is passed over.
func Remove(paths ...string) Edit {
	split := make([][]string, len(paths))
	for i, path := range paths {
		split[i] = splitPath(path)
	}
	return stateless(func() editor {
		var out []byte
		return func(record []byte) ([]byte, error) {
			out = appendWithout(out[:0], record, split, 0)
			return out, nil
		}
	})
}

// appendWithout appends an object without the members that the paths lead to, from a depth on.
func appendWithout(dst, object []byte, paths [][]string, depth int) []byte {
	start := len(dst)
	for w := jsonraw.Walk(object); w.Next(); {
		deeper, gone := match(paths, depth, w.Name())
		switch {
		case gone:
		case deeper == nil || w.Value()[0] != jsonraw.ObjectStart:
			dst = append(appendSeparator(dst, start, '{'), w.Text()...)
		default:
			dst = jsonraw.AppendString(appendSeparator(dst, start, '{'), w.Name())
			dst = appendWithout(append(dst, ':'), w.Value(), deeper, depth+1)
		}
	}
	return appendEnd(dst, start, "{}")
}

// match returns the paths that lead into a member, and whether one ends there.
func match(paths [][]string, depth int, name []byte) (deeper [][]string, ends bool) {
	for _, path := range paths {
		if len(path) <= depth || path[depth] != string(name) {
			continue
		}
		if len(path) == depth+1 {
			return nil, true
		}
		deeper = append(deeper, path)
	}
	return deeper, false
}

// Rename gives a top-level field another name, in its place. A field that has that name already is
// replaced. A record without the field stays as it is.
func Rename(from, to string) Edit {
	path, name := []string{from}, append(jsonraw.AppendString(nil, to), ':')
	return stateless(func() editor {
		var out []byte
		return func(record []byte) ([]byte, error) {
			value, ok := jsonraw.Member(record, path)
			if !ok || from == to {
				return record, nil
			}
			out = out[:0]
			renamed := false
			for w := jsonraw.Walk(record); w.Next(); {
				switch string(w.Name()) {
				case from:
					if !renamed {
						out = append(append(appendSeparator(out, 0, '{'), name...), value...)
					}
					renamed = true
				case to:
				default:
					out = append(appendSeparator(out, 0, '{'), w.Text()...)
				}
			}
			return append(out, '}'), nil
		}
	})
}
