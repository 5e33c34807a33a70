package http

import (
	"io"
	nethttp "net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestOAuthRetriesLikeEveryRequest(t *testing.T) {
	t.Parallel()
	oauthBubble(t, func(w nethttp.ResponseWriter, form url.Values, n int) {
		switch n {
		case 1:
			breakOff(w, `{"access_`)
		case 2:
			w.WriteHeader(503)
		case 3:
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(429)
		default:
			tokens(w, form, n)
		}
	}, func(b *bundle) {
		said, err := b.get(NewClient(base, &OAuth{TokenURL: tokenURL}), "")
		require.NoError(b, err)
		assert.Equal(b, "Bearer token-4", said)
		assert.GreaterOrEqual(b, time.Since(b.start), 30*time.Second)
	})
}

func TestOAuthGivesUpOnce(t *testing.T) {
	t.Parallel()
	asked := 0
	oauthBubble(t, func(w nethttp.ResponseWriter, _ url.Values, n int) {
		asked = n
		w.WriteHeader(503)
	}, func(b *bundle) {
		c := NewClient(base, &OAuth{TokenURL: tokenURL}, Retries(2))
		var flight sync.WaitGroup
		for range 5 {
			flight.Go(func() {
				_, err := b.get(c, "")
				e := protocol.AsError(err)
				assert.Equal(b, protocol.TransientError, e.Type)
				assert.Contains(b, e.Message, "POST https://auth.example.com/oauth/token")
			})
		}
		flight.Wait()
		assert.Equal(b, 3, asked, "one request with its retries, whose failure all share")
	})
}

func TestOAuthUsesTheOldTokenWhileItCan(t *testing.T) {
	t.Parallel()
	oauthBubble(t, func(w nethttp.ResponseWriter, form url.Values, n int) {
		if n == 2 {
			w.WriteHeader(500)
			return
		}
		tokens(w, form, n)
	}, func(b *bundle) {
		c := NewClient(base, &OAuth{TokenURL: tokenURL}, Retries(0))
		_, _ = b.get(c, "")
		time.Sleep(59 * time.Minute)
		for i, want := range []string{"Bearer token-1", "Bearer token-1", "Bearer token-3"} {
			if i == 2 {
				time.Sleep(31 * time.Second)
			}
			said, err := b.get(c, "")
			require.NoError(b, err)
			assert.Equal(b, want, said)
		}
	})
}

// The token of a request on its way is refused after its renewal in advance has failed.
func TestOAuthRenewsAnOldTokenThatIsRefused(t *testing.T) {
	t.Parallel()
	var grants, refusals atomic.Int64
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		switch {
		case r.Host == "auth.example.com" && grants.Add(1) == 2:
			w.WriteHeader(500)
		case r.Host == "auth.example.com":
			tokens(w, nil, int(grants.Load()))
		case r.URL.Path == "/v1/late" && r.Header.Get("Authorization") == "Bearer token-1":
			if refusals.Add(1) == 1 {
				time.Sleep(50 * time.Second)
			}
			w.WriteHeader(401)
		default:
			_, _ = io.WriteString(w, r.Header.Get("Authorization"))
		}
	}, func(b *bundle) {
		c := NewClient(base, &OAuth{TokenURL: tokenURL}, Retries(0))
		assert.Equal(b, "token-1", b.signed(c))
		time.Sleep(59*time.Minute - 30*time.Second)
		time.AfterFunc(31*time.Second, func() { assert.Equal(b, "token-1", b.signed(c)) })
		said, err := b.get(c, "late")
		require.NoError(b, err)
		assert.Equal(b, "Bearer token-3", said)
	})
}
