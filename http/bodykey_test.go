package http

import (
	"io"
	nethttp "net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestKeysInTheBody(t *testing.T) {
	t.Parallel()
	form := nethttp.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}
	for name, tt := range map[string]struct {
		option  Option
		request Request
		want    string
		kind    string
	}{
		"form": {
			FormKey("key", "k&y"), Request{Method: "POST", Header: form, Body: []byte("a=1")},
			"a=1&key=k%26y", formType,
		},
		"form, no body": {FormKey("key", "k"), Request{Method: "POST"}, "key=k", formType},
		"JSON": {
			BodyKey("auth.key", `k"y`), Request{Body: map[string]any{"auth": map[string]any{"u": 1}}},
			`{"auth":{"u":1,"key":"k\"y"}}`, jsonType,
		},
		"JSON, no body": {
			BodyKey(`a\.b.c`, "k"), Request{Method: "PUT"}, `{"a.b":{"c":"k"}}`, jsonType,
		},
		"JSON, replaced": {
			BodyKey("key", "k"), Request{Body: []byte(`{"key":null,"n":1.0}`)},
			`{"key":"k","n":1.0}`, jsonType,
		},
		"GET, form":       {FormKey("key", "k"), Request{}, "", ""},
		"GET, JSON":       {BodyKey("key", "k"), Request{}, "", ""},
		"empty, form":     {FormKey("key", ""), Request{Method: "POST"}, "", ""},
		"empty, JSON":     {BodyKey("key", ""), Request{Method: "POST"}, "", ""},
		"both in a chain": {BodyKey("b", "2"), Request{Body: []byte(`{}`)}, `{"b":"2"}`, jsonType},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
				if n == 1 {
					w.WriteHeader(503)
					return
				}
				body, _ := io.ReadAll(r.Body)
				_, _ = w.Write(body)
			}, func(b *bundle) {
				tt.request.Idempotent = true
				got, err := b.do(NewClient(base, tt.option), &tt.request) // twice: 503 comes first
				require.NoError(b, err)
				assert.Equal(b, tt.want, got)
				assert.Equal(b, tt.kind, b.arrivals()[1].Header.Get("Content-Type"))
			})
		})
	}
}

func TestKeysThatDoNotFitTheBody(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		option  Option
		request Request
		want    string
	}{
		{
			FormKey("key", "SECRET"), Request{Body: []byte(`{}`)},
			`The API key belongs into a body of type application/x-www-form-urlencoded, but the ` +
				`request has one of type "application/json". Give the request such a body, or send ` +
				`the key another way.`,
		},
		{
			BodyKey("a.b", "SECRET"), Request{Body: []byte(`{"a":[]}`)},
			`The API key does not fit into the body of the request at "a.b": "b" is no number of ` +
				`an element of an array`,
		},
		{
			BodyKey("a", "SECRET"), Request{Body: []byte(`{`)},
			`The body of the request is not valid JSON, so the API key has no place in it: ` +
				`jsontext: unexpected EOF after offset 1`,
		},
	} {
		bubble(t, func(nethttp.ResponseWriter, *nethttp.Request, int) {}, func(b *bundle) {
			_, err := b.do(NewClient(base, tt.option), &tt.request)
			requireError(b, err, protocol.SystemError, tt.want)
			assert.Empty(b, b.arrivals())
		})
	}
	assert.Panics(t, func() { BodyKey("", "key") })
}

func TestWhen(t *testing.T) {
	t.Parallel()
	type key struct{ Key string }
	type login struct{ User, Password string }
	options := func(k *key, l *login) []Option {
		return []Option{
			When(k, func(k key) Option { return HeaderKey("X-Api-Key", k.Key) }),
			When(l, func(l login) Option { return Basic(l.User, l.Password) }),
		}
	}
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		_, _ = io.WriteString(w, r.Header.Get("X-Api-Key")+r.Header.Get("Authorization"))
	}, func(b *bundle) {
		for want, chosen := range map[string][]Option{
			"k": options(&key{"k"}, nil), "Basic YTpi": options(nil, &login{"a", "b"}),
			"": options(nil, nil),
		} {
			got, err := b.get(NewClient(base, chosen...), "")
			require.NoError(b, err)
			assert.Equal(b, want, got)
		}
	})
}
