package http

import (
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestRotateTakesTurns(t *testing.T) {
	t.Parallel()
	bubble(t, says, func(b *bundle) {
		c := NewClient(base, Rotate(Bearer("a"), Bearer(""), Basic("b", ""), Bearer("c")))
		var got []string
		for range 4 {
			got = append(got, b.signed(c))
		}
		assert.Equal(b, []string{"a", "Basic Yjo=", "c", "a"}, got)
		_, err := b.get(NewClient(base, Rotate()), "")
		require.NoError(b, err)
	})
}

// troubles maps tokens to the statuses with which an API answers.
func troubles(statuses map[string]int) *sync.Map {
	var m sync.Map
	for token, status := range statuses {
		m.Store("Bearer "+token, status)
	}
	return &m
}

// limited is an API that knows each token's trouble.
func limited(trouble *sync.Map, wait string) func(
	w nethttp.ResponseWriter, r *nethttp.Request, n int) {
	return func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		token := r.Header.Get("Authorization")
		if status, ok := trouble.Load(token); ok {
			if wait != "" {
				w.Header().Set("Retry-After", wait)
			}
			w.WriteHeader(status.(int))
			return
		}
		_, _ = io.WriteString(w, token)
	}
}

func TestRotatePassesOver(t *testing.T) {
	t.Parallel()
	trouble := troubles(map[string]int{"a": 429, "b": 401})
	bubble(t, limited(trouble, "90"), func(b *bundle) {
		c := NewClient(base, Rotate(Bearer("a"), Bearer("b"), Bearer("c")), Retries(0))
		for range 3 { // the first meets both troubles, the others none
			assert.Equal(b, "c", b.signed(c))
		}
		assert.Len(b, b.arrivals(), 5)
		assert.Zero(b, time.Since(b.start))
		assert.Empty(b, b.limited)
		time.Sleep(90 * time.Second)
		trouble.Clear()
		assert.Equal(b, "a", b.signed(c), "its limit is over")
		assert.Equal(b, "c", b.signed(c), "the other stays out")
	})
}

func TestRotateWithNoneLeft(t *testing.T) {
	t.Parallel()
	bubble(t, limited(troubles(map[string]int{"a": 401, "b": 401}), ""), func(b *bundle) {
		_, err := b.get(NewClient(base, Rotate(Bearer("a"), Bearer("b"))), "x")
		requireError(b, err, protocol.ConfigError, "GET https://api.example.com/v1/x: the API "+
			"refused the credentials (401 Unauthorized). Check the credentials in the "+
			"configuration.")
		assert.Len(b, b.arrivals(), 2)
	})
}

func TestRotateWaitsWhenAllAreLimited(t *testing.T) {
	t.Parallel()
	trouble := troubles(map[string]int{"a": 429, "b": 429})
	bubble(t, limited(trouble, "30"), func(b *bundle) {
		time.AfterFunc(10*time.Second, trouble.Clear)
		c := NewClient(base, Rotate(Bearer("a"), Bearer("b")))
		assert.Equal(b, "a", b.signed(c))
		assert.Equal(b, 30*time.Second, time.Since(b.start))
		assert.Len(b, b.limited, 1)
	})
}

func TestRotateOfCredentialsThatAreObtained(t *testing.T) {
	t.Parallel()
	oauthBubble(t, func(w nethttp.ResponseWriter, form url.Values, n int) {
		if form.Get("client_id") == "old" {
			respond(w, 400, `{"error":"invalid_client"}`)
			return
		}
		respond(w, 200, fmt.Sprintf(`{"access_token":"%s-%d"}`, form.Get("client_id"), n))
	}, func(b *bundle) {
		c := NewClient(base, Rotate(
			&OAuth{TokenURL: tokenURL, ClientID: "old"},
			&OAuth{TokenURL: tokenURL, ClientID: "new"},
		))
		for range 3 {
			assert.Equal(b, "new-2", b.signed(c))
		}
	})
}
