package http

import (
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
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
	if request.Body, err = expandBody(s.Body, b); err != nil {
		return nil, err
	}
	if formatOf(r.extractor) == formatJSON && request.Header.Get("Accept") == "" {
		request.Header.Set("Accept", jsonType)
	}
	if s.BookmarkParam != "" && len(r.slice.Resume) > 0 {
		request.Query.Set(s.BookmarkParam, string(r.slice.Resume))
	}
	switch {
	case s.Pages != nil:
		s.Pages.Apply(request, token)
	case token != "": // a bookmark that is a link
		request.Path = token
	}
	if wrong, ok := request.Body.(unfitBody); ok {
		return nil, wrong.err
	}
	if s.Prepare != nil {
		if err := s.Prepare(request, r.slice); err != nil {
			return nil, err
		}
	}
	return request, nil
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
	if err := checkBody(s.Body, known); err != nil {
		return s.mistake(err.Error())
	}
	if _, byToken := s.Cursor.(sources.TokenCursor); s.Bookmark != "" && !byToken {
		return s.mistake("it has a Bookmark, which goes with a sources.TokenCursor")
	}
	return nil
}

func (s *Stream) mistake(text string) error {
	d := protocol.Descriptor{Name: s.Name, Namespace: s.Namespace}
	err := protocol.Errorf(protocol.SystemError, "Stream %s: %s.", d, text)
	err.Stream = d
	return err
}
