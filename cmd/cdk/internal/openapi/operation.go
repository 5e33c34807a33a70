package openapi

import (
	"errors"
	"maps"
	"mime"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// operation is a GET that may make a stream.
type operation struct {
	path    string
	pieces  []Piece // with parameters as Setting, not yet traced
	params  []*openapi3.Parameter
	op      *openapi3.Operation
	hasLink bool // the answer documents a Link header
	answer  *Shape
	cut     bool
	example any
}

// operations are the GET operations of a document in the order of their paths, and what can be no
// stream.
func operations(doc *openapi3.T) (list []*operation, left []Left) {
	paths := doc.Paths.Map()
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths[path]
		if item == nil || item.Get == nil {
			continue
		}
		o, err := newOperation(path, item)
		if err != nil {
			left = append(left, Left{oneLine(path), err.Error()})
			continue
		}
		list = append(list, o)
	}
	return list, left
}

func newOperation(path string, item *openapi3.PathItem) (*operation, error) {
	o := &operation{path: path, op: item.Get}
	switch {
	case item.Get.Deprecated:
		return nil, errors.New("it is deprecated")
	case strings.ContainsAny(path, "?#\\\"`") || strings.Contains(path, "://") || !isPrintable(path) || !strings.HasPrefix(path, "/"):
		return nil, errors.New("its path is none that can be asked for")
	}
	for _, ref := range slices.Concat(item.Get.Parameters, item.Parameters) {
		if ref != nil && ref.Value != nil && o.param(ref.Value.In, ref.Value.Name) == nil {
			o.params = append(o.params, ref.Value)
		}
	}
	var err error
	if o.pieces, err = cutPath(path); err != nil {
		return nil, err
	}
	response := success(item.Get.Responses)
	if response == nil {
		return nil, errors.New("it has no answer 200")
	}
	media := jsonOf(response.Content)
	if media == nil {
		return nil, errors.New("its answer is not JSON")
	}
	switch o.example = exampleOf(media); {
	case media.Schema != nil:
		o.answer, o.cut = shapeOf(media.Schema)
	case o.example != nil:
		o.answer = inferred(o.example, 0)
	default:
		return nil, errors.New("its answer has no schema")
	}
	for name := range response.Headers {
		o.hasLink = o.hasLink || strings.EqualFold(name, "Link")
	}
	return o, nil
}

func isPrintable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// param finds a parameter by its place and its name.
func (o *operation) param(in, name string) *openapi3.Parameter {
	for _, p := range o.params {
		if p.In == in && p.Name == name {
			return p
		}
	}
	return nil
}

// query are the parameters of the query by name.
func (o *operation) query() []*openapi3.Parameter {
	var list []*openapi3.Parameter
	for _, p := range o.params {
		if p.In == openapi3.ParameterInQuery {
			list = append(list, p)
		}
	}
	return list
}

// cutPath cuts a path at its parameters. What stands in braces is a piece of its own.
func cutPath(path string) ([]Piece, error) {
	var pieces []Piece
	rest := strings.TrimPrefix(path, "/")
	for rest != "" {
		text, after, found := strings.Cut(rest, "{")
		if text != "" {
			pieces = append(pieces, Piece{Text: text})
		}
		if !found {
			break
		}
		name, end, closed := strings.Cut(after, "}")
		if !closed || name == "" || strings.Contains(text, "}") {
			return nil, errors.New("the braces in its path do not match")
		}
		pieces = append(pieces, Piece{Setting: name})
		rest = end
	}
	if strings.ContainsAny(rest, "{}") {
		return nil, errors.New("the braces in its path do not match")
	}
	return pieces, nil
}

// success is the answer 200, or the one for what is like it.
func success(responses *openapi3.Responses) *openapi3.Response {
	if responses == nil {
		return nil
	}
	for _, status := range []string{"200", "2XX", "2xx", "default"} {
		if ref := responses.Value(status); ref != nil && ref.Value != nil {
			return ref.Value
		}
	}
	return nil
}

// jsonOf is the JSON of an answer, or nil.
func jsonOf(content openapi3.Content) *openapi3.MediaType {
	for _, name := range slices.Sorted(maps.Keys(content)) {
		kind, _, err := mime.ParseMediaType(name)
		if err != nil {
			continue
		}
		if kind == "application/json" || strings.HasSuffix(kind, "+json") || kind == "*/*" ||
			kind == "text/json" {
			return content[name]
		}
	}
	return nil
}

func exampleOf(media *openapi3.MediaType) any {
	if media.Example != nil {
		return media.Example
	}
	for _, name := range slices.Sorted(maps.Keys(media.Examples)) {
		if ref := media.Examples[name]; ref != nil && ref.Value != nil && ref.Value.Value != nil {
			return ref.Value.Value
		}
	}
	return nil
}

// item is the parameter that chooses one item of a list, where the path ends in one, and the
// template of that list.
func (o *operation) item() (param, list string, ok bool) {
	pieces := o.pieces
	if n := len(pieces); n > 1 && pieces[n-1].Text == ".json" {
		pieces = pieces[:n-1]
	}
	if len(pieces) == 0 || pieces[len(pieces)-1].Setting == "" {
		return "", "", false
	}
	last := len(pieces) - 1
	return pieces[last].Setting, templateOf(pieces[:last]), true
}

// endsInParam tells whether the path is that of one item.
func (o *operation) endsInParam() bool {
	_, _, ok := o.item()
	return ok
}

// resource is the last part of the path that is no parameter, without an ending such as .json.
func (o *operation) resource() string {
	for _, p := range slices.Backward(o.pieces) {
		for _, part := range slices.Backward(strings.Split(p.Text, "/")) {
			part = strings.TrimSuffix(part, ".json")
			if len(words(part)) > 0 {
				return part
			}
		}
	}
	return "root"
}
