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
// is made where the Body of the stream does not hold it. The parameters of [PageNumber] and
// [Offset], and page sizes, become numbers, those of others strings.
func InBody(p Paginator) Paginator { return inBody{p} }

type inBody struct{ Paginator }

// Apply implements [Paginator].
func (b inBody) Apply(r *Request, token string) {
	set := &extendedBody{base: r.Body, members: map[string]json.RawMessage{}}
	for name, value := range parameters(b.Paginator, r, token) {
		raw := jsonraw.AppendString(nil, value)
		if _, err := strconv.Atoi(value); err == nil && (sendsNumbers(b.Paginator) ||
			name == sizeParam(b.Paginator)) {
			raw = []byte(value)
		}
		set.members[name] = raw
	}
	if len(set.members) > 0 {
		r.Body = set
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
	_, ok := innermost(p).(interface{ numbers() bool })
	return ok
}

func sizeParam(p Paginator) string {
	if a, ok := innermost(p).(After); ok {
		return a.SizeParam
	}
	return ""
}

// extendedBody is a body with members added to it. It is encoded late, because Apply has no error.
type extendedBody struct {
	base    any
	members map[string]json.RawMessage // by dotted path
}

// MarshalJSON implements [json.Marshaler].
func (b *extendedBody) MarshalJSON() ([]byte, error) {
	raw, err := encodeBody(b.base)
	if err != nil {
		return nil, err
	}
	if len(raw) == 0 {
		raw = []byte("{}")
	}
	for _, name := range slices.Sorted(maps.Keys(b.members)) {
		raw, err = jsonraw.Set(raw, splitPath(name), b.members[name])
		if err != nil {
			return nil, protocol.Errorf(protocol.SystemError, "The paginator's parameter %q does "+
				"not fit into the Body of the stream: %w.", name, err)
		}
	}
	return raw, nil
}
