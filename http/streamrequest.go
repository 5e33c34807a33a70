package http

import (
	"encoding/json"

	"github.com/airbyte-go/cdk/protocol"
)

// request returns the request for the page of a token.
func (r *reader) request(token string) (*Request, error) {
	s, b := r.stream, bind(r.slice)
	path, err := expandPath(s.Path, b)
	if err != nil {
		return nil, err
	}
	request := &Request{
		Method: s.Method, Path: path, Query: s.Query.values(b), Header: s.Header.header(b),
		Idempotent: true, // it reads, whatever its method is
	}
	if request.Body, err = s.body(b); err != nil {
		return nil, err
	}
	if formatOf(r.extractor) == formatJSON && request.Header.Get("Accept") == "" {
		request.Header.Set("Accept", "application/json")
	}
	if s.Pages != nil {
		s.Pages.Apply(request, token)
	}
	if added, ok := request.Body.(*extendedBody); ok {
		raw, err := added.MarshalJSON()
		if err != nil {
			return nil, err
		}
		request.Body = json.RawMessage(raw)
	}
	if s.Prepare != nil {
		if err := s.Prepare(request, r.slice); err != nil {
			return nil, err
		}
	}
	return request, nil
}

// body returns the body of a request: the JSON of a template that is filled in, or what the author
// gave.
func (s *Stream) body(b bindings) (any, error) {
	template, ok, err := newBodyTemplate(s.Body)
	if err != nil {
		return nil, err
	}
	if !ok {
		return s.Body, nil
	}
	if raw := template.expand(b); raw != nil {
		return json.RawMessage(raw), nil
	}
	return nil, nil //nolint:nilnil // no body is no failure
}

// check finds an author's mistakes in the fields.
func (s *Stream) check() error {
	if s.Client == nil {
		return s.mistake("it has no Client")
	}
	known := s.placeholders()
	if err := checkTemplate("its Path", s.Path, known); err != nil {
		return s.mistake(err.Error())
	}
	if err := s.Query.check("its Query", known); err != nil {
		return s.mistake(err.Error())
	}
	if err := s.Header.check("its Header", known); err != nil {
		return s.mistake(err.Error())
	}
	template, _, err := newBodyTemplate(s.Body)
	if err != nil {
		return s.mistake("its Body: " + err.Error())
	}
	if err := template.check("its Body", known); err != nil {
		return s.mistake(err.Error())
	}
	return nil
}

func (s *Stream) mistake(text string) error {
	d := protocol.Descriptor{Name: s.Name, Namespace: s.Namespace}
	err := protocol.Errorf(protocol.SystemError, "Stream %s: %s.", d, text)
	err.Stream = d
	return err
}
