package http

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

func TestBodyTemplates(t *testing.T) {
	t.Parallel()
	b := bound("from", "1764000000", "to", `"2026-01-01"`, "id", `"a\"b"`)
	for _, tt := range []struct {
		body any
		want string
	}{
		{map[string]any{"a": 1, "q": "status = <open>"}, `{"a":1,"q":"status = <open>"}`},
		{map[string]any{"since": "{from}", "until": "{to}"},
			`{"since":1764000000,"until":"2026-01-01"}`},
		{map[string]any{"q": "t >= {from} AND id = '{id}'"},
			`{"q":"t >= 1764000000 AND id = 'a\"b'"}`},
		{map[string]any{"a": "{none}", "b": map[string]any{"c": "x {none}"}, "d": true},
			`{"b":{},"d":true}`},
		{[]any{"{none}", "{to}", []any{"{none}"}, nil, 1.5}, `["2026-01-01",[],null,1.5]`},
		{json.RawMessage(`{"n": 12345678901234567890, "x": "{from}"}`),
			`{"n":12345678901234567890,"x":1764000000}`},
		{Params{"x": "{to}"}, `{"x":"2026-01-01"}`},
		{"{id}", `"a\"b"`},
		{"{none}", ""},
		{json.RawMessage(`{"query":"{ users { id } }", "{from}":1}`),
			`{"query":"{ users { id } }","{from}":1}`},
	} {
		template, ok, err := newBodyTemplate(tt.body)
		require.NoError(t, err)
		require.True(t, ok)
		if tt.want == "" {
			assert.Empty(t, template.expand(b))
			continue
		}
		assert.JSONEq(t, tt.want, string(template.expand(b)))
	}
	for _, body := range []any{nil, []byte("{from}"), json.RawMessage("{")} {
		_, ok, err := newBodyTemplate(body)
		require.NoError(t, err)
		assert.False(t, ok)
	}
	_, _, err := newBodyTemplate(func() {})
	require.Error(t, err)
}

func FuzzBodyTemplate(f *testing.F) {
	for _, seed := range []string{`{"a":"{from}","b":["{to}",{}]}`, `"{from}{to}"`, `["\u007bfrom}"]`,
		`{"{from}":{"x":"{to}"}}`, ` 7 `} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		template, ok, err := newBodyTemplate(json.RawMessage(body))
		if err != nil || !ok {
			return
		}
		out := template.expand(bound("from", `{"deep":[1]}`))
		if out != nil && jsonraw.Valid(out) != nil {
			t.Fatalf("%q became %q", body, out)
		}
	})
}

func TestStreamRequests(t *testing.T) {
	t.Parallel()
	var bodies []string
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		if n == 1 { // a POST that only reads is sent again
			respond(w, 503, "")
			return
		}
		respond(w, 200, `{"data":[{"id":1}],"next":"`+map[int]string{2: "p2"}[n]+`"}`)
	}, func(b *bundle) {
		s := &Stream{
			Path: "search", Body: map[string]any{"q": "x", "since": "{from}"},
			Header: Params{"X-Type": "a", "X-Since": "{from}", "Accept": "text/json"},
			Pages:  InBody(NextToken{At: "next", Param: "page.cursor"}), Records: Field("data"),
			Prepare: func(r *Request, s sources.Slice) error {
				r.Query.Set("open", s.From.String())
				body, ok := r.Body.(json.RawMessage)
				assert.True(b, ok)
				r.Body = append(json.RawMessage(" "), body...)
				return nil
			},
		}
		records, _, err := b.read(s)
		require.NoError(b, err)
		assert.Len(b, records, 2)
		assert.Equal(b, []string{` {"q":"x"}`, ` {"q":"x"}`,
			` {"q":"x","page":{"cursor":"p2"}}`}, bodies)
		first := b.arrivals()[0]
		assert.Equal(b, "POST", first.Method)
		assert.Equal(b, "open=", first.URL.RawQuery)
		assert.Equal(b, "a", first.Header.Get("X-Type"))
		assert.Equal(b, "text/json", first.Header.Get("Accept"))
		assert.NotContains(b, first.Header, "X-Since")
	})
}

func TestStreamRequestsThatCannotBeMade(t *testing.T) {
	t.Parallel()
	bubble(t, serve(`[]`), func(b *bundle) {
		no := errors.New("no")
		_, _, err := b.read(&Stream{Prepare: func(*Request, sources.Slice) error { return no }})
		require.Equal(b, no, err)
		_, _, err = b.read(&Stream{Body: []any{}, Pages: InBody(PageNumber{})})
		requireError(b, err, protocol.SystemError, `The paginator's parameter "page" does not fit `+
			`into the Body of the stream: "page" is no number of an element of an array.`)
		assert.Empty(b, b.arrivals())
	})
	client := NewClient(base)
	for want, s := range map[string]*Stream{
		`Stream s: its Body has the unknown placeholder {id}; known are {from} and {to}; braces that ` +
			`stand for themselves want a space, as in { id }.`: {Body: Params{"q": "{users {id}}"}},
		`Stream s: its Header["A"] has the unknown placeholder {b}; known are {from} and {to}.`: {
			Header: Params{"A": "{b}"}},
		`Stream s: its Body: The request body has no JSON form: json: unsupported type: func().`: {
			Body: func() {}},
	} {
		s.Client, s.Name, s.Schema = client, "s", sources.SchemaJSON([]byte(`{}`))
		_, err := s.Describe().Schema(t.Context())
		requireError(t, err, protocol.SystemError, want)
	}
}

func TestBodiesOfOtherKinds(t *testing.T) {
	t.Parallel()
	b := bound("from", "7")
	form, err := expandBody(url.Values{"a": {"{from}", "{to}", "x"}, "b": {"{to}"}}, b)
	require.NoError(t, err)
	assert.Equal(t, url.Values{"a": {"7", "x"}}, form)
	for _, body := range []any{
		GraphQL{Query: "{users {id}}", Variables: Params{"since": "{from}"}},
		&GraphQL{Query: "{users {id}}", Variables: map[string]any{"since": "{from}", "n": "{to}"}},
	} {
		got, err := expandBody(body, b)
		require.NoError(t, err)
		query, ok := got.(GraphQL)
		require.True(t, ok, "so that its errors are found")
		assert.Equal(t, "{users {id}}", query.Query)
		assert.Contains(t, fmt.Sprintf("%s", query.Variables), "7")
		require.NoError(t, checkBody(body, []string{"from", "to"}))
	}
	raw := Raw{ContentType: "text/plain", Data: []byte("{from}")}
	got, err := expandBody(raw, b)
	require.NoError(t, err)
	assert.Equal(t, raw, got)

	known := []string{"from"}
	require.ErrorContains(t, checkBody(url.Values{"a": {"{form}"}}, known), "{form}")
	require.ErrorContains(t, checkBody(GraphQL{Variables: Params{"a": "{form}"}}, known), "{form}")
	require.ErrorContains(t, checkBody((*GraphQL)(nil), known), "nil *GraphQL")
}

func TestPagesInBodiesOfOtherKinds(t *testing.T) {
	t.Parallel()
	var bodies []string
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		respond(w, 200, map[int]string{
			1: `{"data":[{"id":1}],"next":"b"}`, 2: `{"data":[],"errors":[{"message":"no"}]}`,
			3: `{"data":[{"id":1}],"next":"b"}`, 4: `{"data":[]}`,
		}[n])
	}, func(b *bundle) {
		pages := InBody(NextToken{At: "next", Param: "after"})
		query := GraphQL{Query: "q", Variables: map[string]int{"n": 9}}
		_, _, err := b.read(&Stream{Body: query, Pages: pages, Records: Field("data")})
		require.ErrorContains(b, err, `"no"`, "the second page is GraphQL as well")
		_, _, err = b.read(&Stream{Body: url.Values{"n": {"9"}}, Pages: pages,
			Records: Field("data")})
		require.NoError(b, err)
		assert.Equal(b, []string{
			`{"query":"q","variables":{"n":9}}`, `{"query":"q","variables":{"n":9,"after":"b"}}`,
			"n=9", "after=b&n=9",
		}, trimmed(bodies))
	})
}

func trimmed(texts []string) []string {
	for i := range texts {
		texts[i] = strings.TrimSpace(texts[i])
	}
	return texts
}
