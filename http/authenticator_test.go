package http

import (
	"context"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// renewable is an authenticator with numbered tokens.
type renewable struct {
	token     int
	err       error // of authenticate
	refused   error // of refresh
	refreshes []string
}

func (a *renewable) apply(c *Client) { c.auth = append(c.auth, a) }

func (a *renewable) authenticate(_ context.Context, r *nethttp.Request) error {
	r.Header.Set("Authorization", fmt.Sprint("token ", a.token))
	return a.err
}

func (a *renewable) refresh(_ context.Context, resp *nethttp.Response) (bool, error) {
	said, _ := io.ReadAll(resp.Body)
	a.refreshes = append(a.refreshes, resp.Request.Header.Get("Authorization")+": "+string(said))
	a.token++
	return a.refused == nil && a.token < 9, a.refused
}

func TestRefusedCredentialsAreRenewedOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		auth     *renewable
		accepted string
		calls    int
		want     string
	}{
		{&renewable{}, "token 1", 2, ""},
		{&renewable{}, "token 2", 2, "the API refused the credentials (401 Unauthorized)"},
		{&renewable{token: 8}, "token 9", 1, "the API refused the credentials"},
		{&renewable{refused: errors.New("log in again")}, "token 1", 1, "log in again"},
	} {
		bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
			if r.Header.Get("Authorization") != tt.accepted {
				respond(w, 401, "expired")
			}
		}, func(b *bundle) {
			// A POST that was refused has done nothing, so it is repeated, too.
			c := NewClient(base, tt.auth, Retries(0))
			_, err := b.do(c, &Request{Path: "records", Method: "POST"})
			if tt.want == "" {
				require.NoError(b, err)
			} else {
				require.ErrorContains(b, err, tt.want)
			}
			assert.Len(b, b.arrivals(), tt.calls)
			assert.Equal(b, b.start, time.Now(), "without a wait")
			first := fmt.Sprintf("token %d: expired", tt.auth.token-1)
			assert.Equal(b, []string{first}, tt.auth.refreshes, "once for a request")
		})
	}
}

func TestAnotherHostDoesNotRenewCredentials(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		if n == 1 {
			nethttp.Redirect(w, r, "https://files.example.net/x", nethttp.StatusFound)
			return
		}
		w.WriteHeader(401)
	}, func(b *bundle) {
		auth := &renewable{}
		_, err := b.get(NewClient(base, auth), "records")
		assert.Equal(b, 401, StatusOf(err))
		assert.Empty(b, auth.refreshes)
	})
}

func TestErrorsOfAnAuthenticator(t *testing.T) {
	t.Parallel()
	final := protocol.Errorf(protocol.ConfigError, "The refresh token is revoked.")
	for _, tt := range []struct {
		err  error
		want string
		took bool
	}{
		{final, "The refresh token is revoked.", false},
		{protocol.Errorf(protocol.TransientError, "No token."), "No token. It was tried 3 times",
			true},
	} {
		bubble(t, nil, func(b *bundle) {
			_, err := b.get(NewClient(base, &renewable{err: tt.err}, Retries(2)), "records")
			require.ErrorContains(b, err, tt.want)
			assert.Equal(b, tt.took, time.Now().After(b.start))
			assert.Empty(b, b.arrivals())
		})
	}
}
