package http

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// An Extractor cuts the records out of the body of an answer. [Field] is the one for JSON. It must
// be safe for concurrent use: all slices of a stream share it.
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

// Field cuts the records at a dotted path of a JSON document: an array of objects, or one object.
// The path "" is the document itself. A dot that belongs to a name is written \. as in
// `@odata\.nextLink`.
//
// A null at the path means that there are no records. A path that does not exist is an error,
// because nothing tells it from a typing mistake, and so is a record that is not an object. Records
// are passed on byte for byte.
func Field(path string) Extractor { return field{path: splitPath(path)} }

// defaultExtractor is used where a stream names none.
var defaultExtractor = field{}

type field struct{ path []string }

// Cut implements [Extractor].
func (f field) Cut(
	body io.Reader, want []string, emit func(record []byte) error,
) (map[string]json.RawMessage, error) {
	dec := jsonraw.NewDecoder(skipMark(body))
	return f.cut(dec, want, func(record []byte, _ int64) error { return emit(record) })
}

// cut is Cut for a decoder whose buffers are reused. emit also gets the offset of the record's end.
func (f field) cut(
	dec *jsonraw.Decoder, want []string, emit func(record []byte, end int64) error,
) (map[string]json.RawMessage, error) {
	c := cutter{dec: dec, path: f.path, emit: emit}
	active := make([]int, len(want))
	for i, path := range want {
		if path == "" {
			return nil, errors.New("the paginator wants a value but does not say where; set its At")
		}
		c.want = append(c.want, splitPath(path))
		active[i] = i
	}
	if len(want) > 0 {
		c.values = make(map[string]json.RawMessage, len(want))
		c.names = want
	}
	if err := c.document(active); err != nil {
		return nil, err
	}
	return c.values, nil
}

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

// joinPath is the opposite of splitPath, for messages.
func joinPath(path []string) string {
	escaped := make([]string, len(path))
	for i, name := range path {
		escaped[i] = strings.ReplaceAll(name, ".", `\.`)
	}
	return strings.Join(escaped, ".")
}

// cutter walks one document. On the way to the records and to the wanted values it reads token by
// token; all else it reads or skips as whole values.
type cutter struct {
	dec    *jsonraw.Decoder
	path   []string   // to the records
	want   [][]string // the split paths of names
	names  []string
	values map[string]json.RawMessage
	emit   func(record []byte, end int64) error
	count  int
}

// document reads the one document there must be.
func (c *cutter) document(active []int) error {
	if c.dec.PeekKind() == 0 {
		if err := c.dec.SkipValue(); !errors.Is(err, io.EOF) {
			return c.invalid(err)
		}
		return errors.New("the answer is empty, where JSON was expected")
	}
	if err := c.value(0, true, active); err != nil {
		return err
	}
	switch _, err := c.dec.ReadToken(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return c.invalid(err)
	}
	return fmt.Errorf("the JSON of the answer goes on after its end, at byte %d",
		c.dec.InputOffset())
}

// value reads a value at the given depth. records says that it lies on the path to the records;
// active are the indexes of the wanted paths that it lies on.
func (c *cutter) value(depth int, records bool, active []int) error {
	if records && depth == len(c.path) {
		return c.records(active)
	}
	if kind := c.dec.PeekKind(); kind != jsonraw.ObjectStart {
		if records && kind != 0 {
			return fmt.Errorf("the answer has no records at %q: %s is %s",
				joinPath(c.path), c.place(depth), kindName(kind))
		}
		return c.invalid(c.dec.SkipValue())
	}
	if _, err := c.dec.ReadToken(); err != nil {
		return c.invalid(err)
	}
	var others []string
	found := false
	for c.dec.PeekKind() != jsonraw.ObjectEnd {
		name, err := c.dec.ReadName()
		if err != nil {
			return c.invalid(err)
		}
		onPath := records && name == c.path[depth]
		if err := c.member(name, depth, onPath, active); err != nil {
			return err
		}
		found = found || onPath
		if records && len(others) <= maxNames {
			others = append(others, name)
		}
	}
	if records && !found {
		return c.missing(depth, others)
	}
	_, err := c.dec.ReadToken()
	return c.invalid(err)
}

// member reads the value of one member of an object at the given depth.
func (c *cutter) member(name string, depth int, onPath bool, active []int) error {
	var deeper, here []int
	for _, i := range active {
		switch path := c.want[i]; {
		case path[depth] != name:
		case depth+1 == len(path):
			here = append(here, i)
		default:
			deeper = append(deeper, i)
		}
	}
	switch {
	case onPath && len(here) > 0:
		return fmt.Errorf("the records lie at %q, so the paginator cannot take a value from %q",
			joinPath(c.path), c.names[here[0]])
	case onPath || len(here) == 0 && len(deeper) > 0:
		return c.value(depth+1, onPath, deeper)
	case len(here) == 0:
		return c.invalid(c.dec.SkipValue())
	}
	v, err := c.dec.ReadValue()
	if err != nil {
		return c.invalid(err)
	}
	c.catch(v, depth+1, append(here, deeper...))
	return nil
}

// catch keeps copies of the wanted values in the text of a value at the given depth.
func (c *cutter) catch(text []byte, depth int, active []int) {
	for _, i := range active {
		if v, ok := jsonraw.Member(text, c.want[i][depth:]); ok {
			c.values[c.names[i]] = slices.Clone(v)
		}
	}
}

// records reads what lies at the path.
func (c *cutter) records(active []int) error {
	switch kind := c.dec.PeekKind(); kind {
	case jsonraw.ArrayStart:
		return c.elements()
	case jsonraw.ObjectStart:
		return c.record(active)
	case jsonraw.Null, 0: // 0: an error, which SkipValue returns
		return c.invalid(c.dec.SkipValue())
	default:
		return fmt.Errorf("the answer has no records at %s: that is %s, neither an array nor "+
			"an object", c.place(len(c.path)), kindName(kind))
	}
}

func (c *cutter) elements() error {
	if _, err := c.dec.ReadToken(); err != nil {
		return c.invalid(err)
	}
	for {
		switch kind := c.dec.PeekKind(); kind {
		case jsonraw.ObjectStart:
			if err := c.record(nil); err != nil {
				return err
			}
		case jsonraw.ArrayEnd, 0:
			_, err := c.dec.ReadToken()
			return c.invalid(err)
		default:
			return fmt.Errorf("record %d at %s is %s, but a record must be an object",
				c.count+1, c.place(len(c.path)), kindName(kind))
		}
	}
}

func (c *cutter) record(active []int) error {
	v, err := c.dec.ReadValue()
	if err != nil {
		return c.invalid(err)
	}
	c.count++
	c.catch(v, len(c.path), active)
	return c.emit(v, c.dec.InputOffset())
}

// place names a value on the path to the records.
func (c *cutter) place(depth int) string {
	if depth == 0 {
		return "the top level"
	}
	return fmt.Sprintf("%q", joinPath(c.path[:depth]))
}

func (c *cutter) missing(depth int, others []string) error {
	there := "no members"
	if len(others) > 0 {
		more := ""
		if len(others) > maxNames {
			others, more = others[:maxNames], ", ..."
		}
		there = fmt.Sprintf("the members %q%s", others, more)
	}
	return fmt.Errorf("the answer has no records at %q: %s has no member %q; it has %s",
		joinPath(c.path), c.place(depth), c.path[depth], there)
}

// invalid explains an error of the decoder; nil stays nil.
func (c *cutter) invalid(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the JSON of the answer ends early: %w", err)
	}
	return fmt.Errorf("the answer is not valid JSON: %w", err)
}
