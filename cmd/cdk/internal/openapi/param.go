package openapi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// paramShape is the shape of a parameter's value.
func paramShape(p *openapi3.Parameter) *Shape {
	if p.Schema == nil {
		return &Shape{}
	}
	s, _ := shapeOf(p.Schema)
	if s.Kind == Array && s.Items != nil { // one of its elements is a value, too
		hints := s.hints
		s = s.Items
		for _, h := range hints {
			if list, ok := h.([]any); ok {
				s.hints = append(s.hints, list...)
			}
		}
	}
	return s
}

// firstOf are the examples of a parameter, the best first.
func firstOf(example any, hints []any) any {
	if example != nil {
		return example
	}
	if len(hints) > 0 {
		return hints[0]
	}
	return nil
}

// textOf is a scalar as it stands in a URL. Braces would mean something in a template.
func textOf(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		text = v
	case bool:
		text = strconv.FormatBool(v)
	case int, int64, uint64:
		text = fmt.Sprint(v)
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	const most = 100
	ok = text != "" && len(text) <= most && isPrintable(text) && !strings.ContainsAny(text, "{}`")
	return text, ok
}

// parameters gives required parameters a value: the only one that the document allows, its default,
// or one of the config.
func (g *guesser) parameters(s *Stream, c candidate) {
	own := []string{s.Pages.Param, s.Pages.SizeParam}
	if s.Cursor != nil {
		own = append(own, s.Cursor.Since, s.Cursor.Until)
	}
	for _, credential := range g.api.Login {
		own = append(own, credential.Param)
	}
	for _, p := range c.params {
		isOwn := slices.Contains(own, p.Name) || p.In == openapi3.ParameterInPath ||
			p.In == openapi3.ParameterInHeader && isOfTheClient(p.Name)
		if !p.Required || isOwn {
			continue
		}
		switch {
		case p.In == openapi3.ParameterInQuery && isPrintable(p.Name) &&
			!strings.ContainsAny(p.Name, "`"):
			s.Query = append(s.Query, g.parameter(s, p))
		case p.In == openapi3.ParameterInHeader && isToken(p.Name):
			s.Header = append(s.Header, g.parameter(s, p))
		default:
			s.Notes = append(s.Notes, fmt.Sprintf("It needs the parameter %q (%s), which is not "+
				"sent.", oneLine(p.Name), oneLine(p.In)))
		}
	}
	if kind := s.Pages.Kind; (kind == Tokens || kind == Links) && s.Pages.Size > 0 {
		s.Query = append(s.Query, Param{
			Name: s.Pages.SizeParam, Value: strconv.Itoa(s.Pages.Size),
		})
	}
}

// isOfTheClient tells whether a header is for the client to set.
func isOfTheClient(name string) bool {
	return slices.Contains([]string{"accept", "authorization", "content-type", "user-agent"},
		strings.ToLower(name))
}

func (g *guesser) parameter(s *Stream, p *openapi3.Parameter) Param {
	if p.Schema != nil && p.Schema.Value != nil {
		schema := p.Schema.Value
		fixed := append([]any{schema.Default}, constOf(schema)...)
		if len(schema.Enum) == 1 {
			fixed = append(fixed, schema.Enum[0])
		}
		for _, v := range fixed {
			if text, ok := textOf(v); ok {
				s.Notes = append(s.Notes, fmt.Sprintf("It sends %s=%s, as the document says.",
					oneLine(p.Name), text))
				return Param{Name: p.Name, Value: text}
			}
		}
	}
	return Param{Name: p.Name, Setting: g.setting(s, p.Name, p.In)}
}
