package http

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// XML cuts records out of an XML document: each element at the path Record becomes an object. It is
// an [Extractor].
//
// An element becomes the text in it, as a string without the white space around it, or null if it
// is empty. One with attributes or elements in it becomes an object: an attribute id is the member
// "@id", text beside them is "#text". Elements of one name become an array, in the place of the
// first; a single one does not, unless Lists names it. Prefixes stay parts of names ("dc:title"),
// while the declarations of namespaces, comments and processing instructions are left out. [Cast]
// turns the strings into numbers where the schema has them.
//
// A paginator finds values by dotted paths from the outermost element, attributes as in
// "feed.link.@href". A record without any text, attribute or element is passed over.
type XML struct {
	// Record is the dotted path of the records from the outermost element on, as in "feed.entry".
	// Its marks are those of [Field]. The last element may be missing, as an XML list without
	// members holds nothing; required.
	Record string
	// Lists are the dotted paths, from the record on, of elements that are arrays even when there
	// is one.
	Lists []string
}

// The depth of elements and their number in one record are bounded, since each costs much more
// memory than its few bytes of text.
const (
	maxXMLDepth    = 256
	maxXMLElements = 1 << 20
)

// Cut implements [Extractor].
func (x XML) Cut(
	body io.Reader, want []string, emit func(record []byte) error,
) (map[string]json.RawMessage, error) {
	r := &xmlReader{
		dec: xml.NewDecoder(skipMark(body)), path: parsePath(x.Record), emit: emit,
		lists: x.Lists, values: map[string]json.RawMessage{},
	}
	r.dec.CharsetReader = decodeCharset
	for _, path := range want {
		if path == "" {
			return nil, errWantsNowhere
		}
		r.want = append(r.want, xmlWant{name: path, path: splitPath(path)})
	}
	if len(r.path) == 0 {
		return nil, errors.New("the XML of the stream has no Record, the path of its records")
	}
	return r.values, r.read()
}

func (XML) format() format { return formatXML }

// xmlReader walks one document.
type xmlReader struct {
	dec    *xml.Decoder
	path   recordPath
	lists  []string
	want   []xmlWant
	values map[string]json.RawMessage
	emit   func(record []byte) error

	open    []string // the names of the elements around
	matched int      // how many of them, from the outermost, are those of path
	deepest int      // the most of path that was ever matched
	roots   int
	buf     []byte
}

// xmlWant is a value for the paginator.
type xmlWant struct {
	name string
	path []string
}

func (r *xmlReader) read() error {
	for {
		token, err := r.dec.RawToken()
		switch {
		case errors.Is(err, io.EOF) && len(r.open) == 0:
			return r.finish()
		case err != nil:
			return r.invalid(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := r.start(t); err != nil {
				return err
			}
		case xml.EndElement:
			if err := r.end(xmlName(t.Name)); err != nil {
				return err
			}
		case xml.CharData:
			if len(r.open) == 0 && len(strings.TrimSpace(string(t))) > 0 {
				return r.fault("there is text outside of the outermost element")
			}
		}
	}
}

// start opens an element: a record, a wanted value, or the way to one.
func (r *xmlReader) start(t xml.StartElement) error {
	name, depth := xmlName(t.Name), len(r.open)
	if depth == 0 {
		if r.roots++; r.roots > 1 {
			return r.fault("a second outermost element begins")
		}
	}
	onPath := r.matched == depth && (r.path[depth].any || r.path[depth].name == name)
	if err := r.push(name); err != nil {
		return err
	}
	if onPath {
		r.matched = depth + 1
		r.deepest = max(r.deepest, r.matched)
	}
	if onPath && r.matched == len(r.path) {
		return r.record(t)
	}
	wanted := r.attributes(t)
	switch {
	case wanted < 0:
		return nil
	case onPath:
		return fmt.Errorf("the records lie at %q, so the paginator cannot take a value from %q",
			r.path, r.want[wanted].name)
	}
	e, err := r.element(t)
	if err != nil {
		return err
	}
	r.values[r.want[wanted].name] = e.appendValue(nil, nil, "")
	return nil
}

// push notes that an element has been opened.
func (r *xmlReader) push(name string) error {
	if len(r.open) >= maxXMLDepth {
		return r.fault(fmt.Sprintf("its elements are more than %d deep", maxXMLDepth))
	}
	r.open = append(r.open, name)
	return nil
}

// attributes keeps the wanted attributes of the element just opened, and returns the index of what
// is wanted of the element itself, or -1. Of several elements the first counts.
func (r *xmlReader) attributes(t xml.StartElement) int {
	wanted := -1
	for i, w := range r.want {
		if _, known := r.values[w.name]; known {
			continue
		}
		if slices.Equal(w.path, r.open) {
			wanted = i
		}
		if last := len(w.path) - 1; slices.Equal(w.path[:last], r.open) {
			for _, a := range t.Attr {
				if "@"+xmlName(a.Name) == w.path[last] {
					r.values[w.name] = jsonraw.AppendString(nil, a.Value)
				}
			}
		}
	}
	return wanted
}

// record reads a record and emits it.
func (r *xmlReader) record(t xml.StartElement) error {
	e, err := r.element(t)
	if err != nil {
		return err
	}
	if r.buf = e.appendObject(r.buf[:0], r.lists, ""); len(r.buf) == len("{}") {
		return nil
	}
	return r.emit(r.buf)
}

// end closes an element, whose name must be that of the last one opened.
func (r *xmlReader) end(name string) error {
	depth := len(r.open) - 1
	if depth < 0 || r.open[depth] != name {
		return r.fault(fmt.Sprintf("the element </%s> closes none that is open", name))
	}
	r.open = r.open[:depth]
	r.matched = min(r.matched, depth)
	return nil
}

// finish judges the whole document: the parent of the records must have been there.
func (r *xmlReader) finish() error {
	if r.roots == 0 {
		return errors.New("the answer is empty, where XML was expected")
	}
	parent := len(r.path) - 1
	if r.deepest >= parent || r.path[r.deepest].optional || r.path.wild(r.deepest) {
		return nil
	}
	return fmt.Errorf("the answer has no records at %q: it has no element %q", r.path,
		r.path[:r.deepest+1])
}

// invalid explains an error of the decoder.
func (r *xmlReader) invalid(err error) error {
	syntax, ok := errors.AsType[*xml.SyntaxError](err)
	switch {
	case errors.Is(err, io.EOF), ok && syntax.Msg == "unexpected EOF":
		line, _ := r.dec.InputPos()
		return fmt.Errorf("the XML of the answer ends early, on line %d: %w", line,
			io.ErrUnexpectedEOF)
	case ok:
		return r.fault(quote(syntax.Msg))
	}
	return err
}

func (r *xmlReader) fault(what string) error {
	line, column := r.dec.InputPos()
	return fmt.Errorf("the answer is not valid XML on line %d, column %d: %s", line, column, what)
}

// xmlName returns a name as it is written, with its prefix.
func xmlName(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}
