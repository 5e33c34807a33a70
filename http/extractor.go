package http

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// An Extractor cuts the records out of the body of an answer: [Field], [Fields] and [Keyed] for
// JSON, [JSONLines], [Lines], [CSV] and [XML], [Gzip] and [Zip] around another, or an author's own.
// It must be safe for concurrent use: all slices of a stream share it.
type Extractor interface {
	// Cut reads body to its end and calls emit for each record, in order. A record is one JSON
	// object; it may be overwritten once emit has returned. An error of emit ends the cutting and
	// is returned, wrapped or not.
	//
	// The result holds the values that the paginator wants, by the dotted paths in want: they stand
	// in the same body, which is read once. What the body does not hold is left out. The values
	// belong to the caller.
	//
	// An error that wraps io.ErrUnexpectedEOF says that the body ended early: the page is asked for
	// again.
	Cut(
		body io.Reader, want []string, emit func(record []byte) error,
	) (map[string]json.RawMessage, error)
}

// inPlace is an Extractor whose records stand in the body as they are, so that a page need not copy
// them.
type inPlace interface {
	Extractor
	// cut is Cut for a decoder whose buffers are reused. emit also gets the offset of the record's
	// end.
	cut(
		dec *jsonraw.Decoder, want []string, emit func(record []byte, end int64) error,
	) (map[string]json.RawMessage, error)
}

// Field cuts the records at a dotted path of a JSON document: an array of objects, or one object.
// The path "" is the document itself.
//
// A * stands for every member of an object and every element of an array: "data.*" are records
// that stand in an object by their names, "groups.*.items" those of all groups. A name that ends in
// ? may be missing, as in "items?" for an API that leaves an empty array out. A dot that belongs to
// a name is written \. as in `@odata\.nextLink`, and so are * and ? and a backslash itself.
//
// A null at the path means that there are no records. A path that does not exist is an error,
// because nothing tells it from a typing mistake; behind a * it must exist in one of the places. A
// record that is not an object is an error, too. Records are passed on byte for byte.
func Field(path string) Extractor { return Fields(path) }

// Fields is [Field] for records at several paths of a document. They come in the document's order.
// It panics without a path, and when records at one path could lie within those at another.
func Fields(paths ...string) Extractor {
	if len(paths) == 0 {
		panic("http.Fields: it has no path")
	}
	var f fields
	for _, text := range paths {
		path := parsePath(text)
		for _, before := range f.paths {
			if path.startsWith(before) || before.startsWith(path) {
				panic(fmt.Sprintf("http.Fields: the records at %q and %q could be the same",
					before, path))
			}
		}
		f.paths = append(f.paths, path)
	}
	return f
}

// defaultExtractor is used where a stream names none.
var defaultExtractor = Field("")

type fields struct{ paths []recordPath }

// Cut implements [Extractor].
func (f fields) Cut(
	body io.Reader, want []string, emit func(record []byte) error,
) (map[string]json.RawMessage, error) {
	return f.cut(jsonraw.NewDecoder(skipMark(body)), want, withoutEnd(emit))
}

// cut implements [inPlace].
func (f fields) cut(
	dec *jsonraw.Decoder, want []string, emit func(record []byte, end int64) error,
) (map[string]json.RawMessage, error) {
	c, active, err := newCutter(dec, f.paths, want, emit)
	if err != nil {
		return nil, err
	}
	return c.values, c.document(active)
}

func (fields) format() format { return formatJSON }

func withoutEnd(emit func(record []byte) error) func([]byte, int64) error {
	return func(record []byte, _ int64) error { return emit(record) }
}

// Keyed cuts records that stand in an object by their names, and adds the name of each as a field:
// Keyed("rates", "currency") makes {"currency":"EUR","rate":1} of {"rates":{"EUR":{"rate":1}}}. A
// field of that name in the record is replaced. A member that holds an array of records gives all
// of them its name. path is as for [Field].
func Keyed(path, field string) Extractor {
	return keyed{path: append(parsePath(path), step{any: true}), field: field}
}

type keyed struct {
	path  recordPath
	field string
}

// Cut implements [Extractor].
func (k keyed) Cut(
	body io.Reader, want []string, emit func(record []byte) error,
) (map[string]json.RawMessage, error) {
	var c *cutter
	var out []byte
	name := append(jsonraw.AppendString([]byte{'{'}, k.field), ':')
	add := func(record []byte, _ int64) error {
		out = jsonraw.AppendString(append(out[:0], name...), c.key)
		for w := jsonraw.Walk(record); w.Next(); {
			if string(w.Name()) != k.field {
				out = append(append(out, ','), w.Text()...)
			}
		}
		out = append(out, '}')
		return emit(out)
	}
	dec := jsonraw.NewDecoder(skipMark(body))
	c, active, err := newCutter(dec, []recordPath{k.path}, want, add)
	if err != nil {
		return nil, err
	}
	return c.values, c.document(active)
}

func (keyed) format() format { return formatJSON }

// byteOrderMark is written before JSON by some servers, though it must not be.
var byteOrderMark = []byte("\xef\xbb\xbf")

// skipMark returns a buffered reader of r behind a byte order mark.
func skipMark(r io.Reader) io.Reader {
	buffered := bufio.NewReaderSize(r, 64<<10)
	switch start, err := buffered.Peek(len(byteOrderMark)); {
	case err != nil && err != io.EOF: // Peek swallows it, and r may not say it twice
		return failedReader{err}
	case bytes.Equal(start, byteOrderMark):
		_, _ = buffered.Discard(len(byteOrderMark)) // it is in the buffer
	}
	return buffered
}

type failedReader struct{ err error }

func (r failedReader) Read([]byte) (int, error) { return 0, r.err }

// splitPath splits a dotted path into names.
func splitPath(path string) []string {
	if path == "" {
		return nil
	}
	const dot = "\x00" // no name holds it unescaped
	names := strings.Split(strings.ReplaceAll(path, `\.`, dot), ".")
	for i, name := range names {
		names[i] = strings.ReplaceAll(name, dot, ".")
	}
	return names
}
