package http

import (
	"encoding/json"
	"io"
	nethttp "net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestBodies(t *testing.T) {
	t.Parallel()
	const asJSON, asForm = "application/json", "application/x-www-form-urlencoded"
	for _, tt := range []struct {
		name        string
		body        any
		contentType string
		want        string
	}{
		{"value", map[string]any{"a": "<b>"}, asJSON, `{"a":"<b>"}` + "\n"},
		{"bytes", []byte(`{"a": 1.0}`), asJSON, `{"a": 1.0}`},
		{"raw JSON", json.RawMessage(`[1]`), asJSON, `[1]`},
		{"form", url.Values{"b": {"x y", "&"}, "a": {"1"}}, asForm, "a=1&b=x+y&b=%26"},
		{"empty form", url.Values{}, asForm, ""},
		{"raw", Raw{"text/csv", []byte("a;b")}, "text/csv", "a;b"},
		{"GraphQL", GraphQL{Query: "{ me { id } }"}, asJSON, `{"query":"{ me { id } }"}` + "\n"},
		{"GraphQL with all", &GraphQL{"query Q { a }", map[string]int{"n": 1}, "Q"}, asJSON,
			`{"query":"query Q { a }","variables":{"n":1},"operationName":"Q"}` + "\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
				got, err := io.ReadAll(r.Body)
				assert.NoError(t, err)
				assert.Equal(t, "POST", r.Method)
				assert.Equal(t, tt.contentType, r.Header.Get("Content-Type"))
				assert.Equal(t, tt.want, string(got))
			}, func(b *bundle) {
				_, err := b.do(NewClient(base), &Request{Body: tt.body})
				require.NoError(b, err)
			})
		})
	}
}

func TestGraphQLThatOnlyReads(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]bool{
		"{ me }":                              true,
		"query Q($a: Int = 1) { mutation }":   true,
		"query { a(text: \"mutation {\") }":   true,
		"# mutation\nquery { a }":             true,
		"fragment F on T { a } query { ...F}": true,
		"query { a(t: \"\"\"x \\\"\"\" mutation { } \"\"\") } query B { b }": true,
		"subscriptions": false, // no document at all

		"mutation { a }":                           false,
		"mutation{a}":                              false,
		"query A { a } mutation B { b }":           false,
		"subscription { a }":                       false,
		"query A { a(t: \"\\\"\") } mutation M {}": false,
		"query { a ":                               false,
		"query mutation { a }":                     false,
	} {
		assert.Equal(t, want, (&GraphQL{Query: query}).reads(), query)
	}
}

func TestGraphQLErrorsFail(t *testing.T) {
	t.Parallel()
	const partial = `{"data":{"me":null},"errors":[{"message":"No such user",` +
		`"extensions":{"code":"NOT_FOUND"}}]}`
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		switch body, _ := io.ReadAll(r.Body); {
		case n == 1:
			w.WriteHeader(503) // a query is retried
		case strings.Contains(string(body), "mutation"):
			respond(w, 200, `{"data":{},"errors":[]}`)
		default:
			respond(w, 200, partial)
		}
	}, func(b *bundle) {
		query := &Request{Path: "graphql", Body: GraphQL{Query: "{ me }"}}
		c := NewClient(base)
		_, err := b.do(c, query)
		requireError(b, err, protocol.SystemError, "POST https://api.example.com/v1/graphql: the "+
			`API answered with an error (200 OK): "No such user". If this stays, report it to `+
			"the connector's maintainer. It was tried 2 times in "+lastWord(err))
		_, err = b.do(c, &Request{Body: GraphQL{Query: "mutation { a }"}})
		require.NoError(b, err, "an empty list is no error")
		_, err = b.do(NewClient(base, Rule{
			JSON: map[string]string{"errors.extensions.code": "NOT_FOUND"}, Action: Accept,
		}), query)
		require.NoError(b, err, "the author's rules come first")
	})
}

// lastWord returns what follows the last space.
func lastWord(err error) string {
	text := err.Error()
	return text[strings.LastIndexByte(text, ' ')+1:]
}

func TestMutationsAreSentOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) { w.WriteHeader(503) },
		func(b *bundle) {
			_, err := b.do(NewClient(base), &Request{Body: &GraphQL{Query: "mutation { a }"}})
			assert.Equal(b, 503, StatusOf(err))
			assert.Len(b, b.arrivals(), 1)
		})
}
