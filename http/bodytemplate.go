package http

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// expandBody returns the Body of a stream with its templates filled in. It stays what it is: JSON,
// a form, or GraphQL, of which only the variables hold templates, because its document is full of
// braces.
func expandBody(body any, b bindings) (any, error) {
	switch body := body.(type) {
	case url.Values:
		return expandForm(body, b), nil
	case *GraphQL:
		return expandBody(*body, b)
	case GraphQL:
		variables, err := expandBody(body.Variables, b)
		body.Variables = variables
		return body, err
	}
	template, ok, err := newBodyTemplate(body)
	if err != nil || !ok {
		return body, err
	}
	if raw := template.expand(b); raw != nil {
		return json.RawMessage(raw), nil
	}
	return nil, nil //nolint:nilnil // no body is no failure
}

// expandForm leaves out the values that name an open placeholder.
func expandForm(form url.Values, b bindings) url.Values {
	filled := url.Values{}
	for name, templates := range form {
		for _, template := range templates {
			if text, open := expand(template, b, unescaped); open == "" {
				filled.Add(name, text)
			}
		}
	}
	return filled
}

// checkBody reports the first placeholder in the Body of a stream that has no meaning.
func checkBody(body any, known []string) error {
	switch b := body.(type) {
	case *GraphQL:
		if b == nil {
			return errors.New("its Body is a nil *GraphQL")
		}
		body = b.Variables
	case GraphQL:
		body = b.Variables
	}
	template, _, err := newBodyTemplate(body)
	if err != nil {
		return fmt.Errorf("its Body: %w", err)
	}
	if err := checkTemplate("its Body", string(template), known); err != nil {
		return fmt.Errorf("%w; braces that stand for themselves want a space, as in { id }", err)
	}
	return nil
}

// bodyTemplate is the JSON of a body whose strings are templates.
type bodyTemplate []byte

// newBodyTemplate encodes a body. What is no JSON of ours, such as bytes, is no template.
func newBodyTemplate(body any) (bodyTemplate, bool, error) {
	switch b := body.(type) {
	case nil, []byte, Raw:
		return nil, false, nil
	case url.Values: // for a check of its templates
		body = map[string][]string(b)
	}
	c, err := encodeBody(body)
	if err != nil || jsonraw.Valid(c.data) != nil {
		return nil, false, err
	}
	return bytes.TrimSpace(c.data), true, nil
}

// expand fills the template in. A string that is one placeholder and nothing else becomes the JSON
// of its value, so that a number stays a number. What holds an open placeholder is left out: the
// member of an object, the element of an array, the body as a whole.
func (t bodyTemplate) expand(b bindings) []byte {
	if !placeholderPattern.Match(t) {
		return t
	}
	out, ok := appendExpanded(nil, t, b)
	if !ok {
		return nil
	}
	return out
}

// appendExpanded appends a value with its templates filled in; ok is false when it is left out.
func appendExpanded(dst, value []byte, b bindings) (out []byte, ok bool) {
	switch value[0] {
	case jsonraw.String:
		return appendTemplate(dst, value, b)
	case jsonraw.ObjectStart:
		return appendMembers(dst, value, b), true
	case jsonraw.ArrayStart:
		start := len(dst)
		for element, err := range jsonraw.Elements(value) {
			if err != nil { // the template was valid
				panic(fmt.Sprintf("http: the body template %q: %v", value, err))
			}
			before := len(dst)
			dst = appendSeparator(dst, start, '[')
			if filled, ok := appendExpanded(dst, element, b); ok {
				dst = filled
			} else {
				dst = dst[:before]
			}
		}
		return appendEnd(dst, start, "[]"), true
	}
	return append(dst, value...), true
}

func appendMembers(dst, object []byte, b bindings) []byte {
	start := len(dst)
	for w := jsonraw.Walk(object); w.Next(); {
		before := len(dst)
		dst = append(jsonraw.AppendString(appendSeparator(dst, start, '{'), w.Name()), ':')
		if filled, ok := appendExpanded(dst, w.Value(), b); ok {
			dst = filled
		} else {
			dst = dst[:before]
		}
	}
	return appendEnd(dst, start, "{}")
}

// appendSeparator appends what stands before the next member or element of what starts at start.
func appendSeparator(dst []byte, start int, opener byte) []byte {
	if len(dst) == start {
		return append(dst, opener)
	}
	return append(dst, ',')
}

// appendEnd ends what starts at start; brackets are its two.
func appendEnd(dst []byte, start int, brackets string) []byte {
	if len(dst) == start {
		return append(dst, brackets...)
	}
	return append(dst, brackets[1])
}

// appendTemplate appends a string with its placeholders filled in.
func appendTemplate(dst, value []byte, b bindings) (out []byte, ok bool) {
	template, _ := jsonraw.Unquote(value)
	if placeholderPattern.FindString(template) == template && template != "" {
		_, raw := b(template[1 : len(template)-1])
		return append(dst, raw...), len(raw) > 0
	}
	text, open := expand(template, b, unescaped)
	if open != "" {
		return dst, false
	}
	return jsonraw.AppendString(dst, text), true
}
