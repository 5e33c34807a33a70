package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// object is a JSON object whose members keep their order. People read specs, so the order of a
// struct's fields, or of an author's file, is the order of the output.
type object struct {
	names  []string
	values map[string]any
}

// newObject returns an object without members.
func newObject() *object {
	return &object{values: map[string]any{}}
}

// set adds or replaces a member and returns o, so that short schemas read as one expression.
func (o *object) set(name string, value any) *object {
	if _, ok := o.values[name]; !ok {
		o.names = append(o.names, name)
	}
	o.values[name] = value
	return o
}

// without returns a copy that lacks some members; the values are shared.
func (o *object) without(names ...string) *object {
	rest := newObject()
	for _, name := range o.names {
		if !slices.Contains(names, name) {
			rest.set(name, o.values[name])
		}
	}
	return rest
}

// render writes v as JSON. The values are those readDocument returns, plus int, []string and
// json.RawMessage.
func render(v any) json.RawMessage {
	return appendJSON(nil, v)
}

// appendJSON appends to dst, so that a document is written into one buffer however deep it is.
func appendJSON(dst []byte, v any) []byte {
	switch v := v.(type) {
	case *object:
		return appendObject(dst, v)
	case []any:
		return appendList(dst, v)
	case []string:
		return appendList(dst, v)
	case json.Number:
		return append(dst, v...)
	case json.RawMessage:
		return append(dst, v...)
	case string:
		return jsonraw.AppendString(dst, v)
	case nil, bool, int:
		return fmt.Append(dst, jsonWord(v))
	default:
		panic(fmt.Sprintf("schema: no JSON for a %T", v))
	}
}

// jsonWord maps Go's nil to the word JSON has for it.
func jsonWord(v any) any {
	if v == nil {
		return "null"
	}
	return v
}

// appendObject writes the members in their order, which encoding/json has no way to keep.
func appendObject(dst []byte, o *object) []byte {
	dst = append(dst, '{')
	for i, name := range o.names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsonraw.AppendString(dst, name), ':')
		dst = appendJSON(dst, o.values[name])
	}
	return append(dst, '}')
}

// appendList writes an array of any of the types appendJSON knows.
func appendList[T any](dst []byte, list []T) []byte {
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, v)
	}
	return append(dst, ']')
}

// readDocument reads one JSON value, objects as *object. Numbers stay as written.
func readDocument(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := readValue(d)
	if err != nil {
		return nil, err
	}
	return v, atEnd(d)
}

// readValue reads the value at which d stands. Its input has been read before, with the depth
// limit of encoding/json, so that the recursion has an end.
func readValue(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return readObject(d)
	case json.Delim('['):
		return readList(d)
	default:
		return t, nil
	}
}

// readObject reads the members of an object whose brace has been read. Of two members with one
// name the last counts, as in encoding/json.
func readObject(d *json.Decoder) (*object, error) {
	o := newObject()
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string) // the decoder accepts nothing else as a name
		v, err := readValue(d)
		if err != nil {
			return nil, err
		}
		o.set(name, v)
	}
	_, err := d.Token()
	return o, err
}

// readList reads the items of an array whose bracket has been read. An empty one is not nil, since
// nil stands for null.
func readList(d *json.Decoder) ([]any, error) {
	list := []any{}
	for d.More() {
		v, err := readValue(d)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

// errTrailing tells a second value from a broken one: two configs in one file, mostly by an
// unlucky ">>" in a shell.
var errTrailing = errors.New("something follows the JSON value")

// atEnd expects that nothing but white space follows the value that d has read.
func atEnd(d *json.Decoder) error {
	if _, err := d.Token(); err == nil {
		return errTrailing
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// syntaxSentence says where data stops being JSON. The error's own text is left out, because it
// quotes what it found there, and that may be a piece of a secret.
func syntaxSentence(what string, data []byte, err error) string {
	if len(bytes.TrimSpace(data)) == 0 {
		return what + " is empty."
	}
	if errors.Is(err, errTrailing) {
		return what + " is not valid JSON: something follows the closing brace."
	}
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) || syntax.Offset > int64(len(data)) {
		return what + " is not valid JSON: it breaks off before the end."
	}
	line := bytes.Count(data[:syntax.Offset], []byte("\n")) + 1
	return fmt.Sprintf("%s is not valid JSON: look at line %d.", what, line)
}

// kindOf names the JSON type of v as JSON schema does, integers included in the numbers.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	default:
		return "object"
	}
}

// listing renders the values of an enum or the choices of a oneOf for a sentence. They come from
// the schema, so they may be shown. An enum of all time zones would drown the rest of the message.
func listing(values []any) string {
	const most = 50
	var texts []string
	for _, v := range values[:min(len(values), most)] {
		texts = append(texts, string(render(v)))
	}
	if more := len(values) - most; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, ", ")
}
