package http

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// InBody moves the parameters of a paginator from the query into the JSON body of the request, for
// APIs that are asked by POST. The name of a parameter is then the dotted path of a member, which
// is made where the Body of the stream does not hold it; in a form it is a field, and in [GraphQL]
// a variable. The parameters of [PageNumber] and [Offset], and page sizes, become numbers, those of
// others strings.
func InBody(p Paginator) Paginator { return inBody{p} }

type inBody struct{ Paginator }

// Apply implements [Paginator].
func (b inBody) Apply(r *Request, token string) {
	set := parameters(b.Paginator, r, token)
	for _, name := range slices.Sorted(maps.Keys(set)) {
		value := set[name]
		raw := jsonraw.AppendString(nil, value)
		if _, err := strconv.Atoi(value); err == nil && (sendsNumbers(b.Paginator) ||
			name == sizeParam(b.Paginator)) {
			raw = []byte(value)
		}
		body, err := withMember(r.Body, name, raw)
		if err != nil {
			r.Body = unfitBody{protocol.Errorf(protocol.SystemError, "The paginator's parameter "+
				"%q does not fit into the Body of the stream: %w.", name, err)}
			return
		}
		r.Body = body
	}
}

func (b inBody) unwrap() Paginator { return b.Paginator }

// InHeader moves the parameters of a paginator from the query into headers of the request.
func InHeader(p Paginator) Paginator { return inHeader{p} }

type inHeader struct{ Paginator }

// Apply implements [Paginator].
func (h inHeader) Apply(r *Request, token string) {
	for name, value := range parameters(h.Paginator, r, token) {
		r.Header.Set(name, value)
	}
}

func (h inHeader) unwrap() Paginator { return h.Paginator }

// parameters lets p change r, but for the query, and returns what it would have set there.
func parameters(p Paginator, r *Request, token string) map[string]string {
	query := r.Query
	r.Query = url.Values{}
	p.Apply(r, token)
	set := map[string]string{}
	for name := range r.Query {
		set[name] = r.Query.Get(name)
	}
	r.Query = query
	return set
}

// A wrapper is a paginator that changes another.
type wrapper interface{ unwrap() Paginator }

// innermost returns the paginator under all wrappers.
func innermost(p Paginator) Paginator {
	for {
		w, ok := p.(wrapper)
		if !ok {
			return p
		}
		p = w.unwrap()
	}
}

func sendsNumbers(p Paginator) bool {
	_, ok := innermost(p).(interface{ numbers() })
	return ok
}

func sizeParam(p Paginator) string {
	if a, ok := innermost(p).(After); ok {
		return a.SizeParam
	}
	return ""
}

// withMember returns a body with a member set: of its JSON, a variable of GraphQL, or a field of a
// form.
func withMember(body any, name string, value []byte) (any, error) {
	switch b := body.(type) {
	case *GraphQL:
		return withMember(*b, name, value)
	case GraphQL:
		variables, err := withMember(b.Variables, name, value)
		b.Variables = variables
		return b, err
	case url.Values:
		text, ok := jsonraw.Unquote(value)
		if !ok {
			text = string(value)
		}
		form := url.Values{}
		maps.Copy(form, b)
		form.Set(name, text)
		return form, nil
	}
	c, err := encodeBody(body)
	if err != nil {
		return nil, err
	}
	if len(c.data) == 0 {
		c.data = []byte("{}")
	}
	raw, err := jsonraw.Replace(c.data, splitPath(name), value)
	return json.RawMessage(raw), err
}

// unfitBody stands for a body that could not be made, because Apply has no error.
type unfitBody struct{ err error }

// MarshalJSON implements [json.Marshaler]: it fails.
func (b unfitBody) MarshalJSON() ([]byte, error) { return nil, b.err }
