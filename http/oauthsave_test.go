package http

import (
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/hook"
)

// singleUse is a token endpoint whose refresh tokens are good for one use.
type singleUse struct {
	good  string
	spent []string
}

func (s *singleUse) grant(w nethttp.ResponseWriter, form url.Values, n int) {
	used := form.Get("refresh_token")
	if used != s.good {
		respond(w, 400, `{"error":"invalid_grant"}`)
		return
	}
	s.good, s.spent = fmt.Sprintf("refresh-%d", n), append(s.spent, used)
	respond(w, 200, fmt.Sprintf(`{"access_token":"token-%d","expires_in":600,"refresh_token":%q}`,
		n, s.good))
}

func TestOAuthSavesARefreshTokenBeforeItIsUsed(t *testing.T) {
	t.Parallel()
	server := &singleUse{good: "refresh-0"}
	oauthBubble(t, server.grant, func(b *bundle) {
		var saved, secrets []string
		b.ctx = hook.With(b.ctx, &hook.Hooks{
			UpdateConfig: func(_ context.Context, pointer string, value any) error {
				saved = append(saved, fmt.Sprint(pointer, " ", value))
				assert.NotContains(b, server.spent, value, "saved before it was used")
				return nil
			},
			AddSecret: func(s ...string) { secrets = append(secrets, s...) },
		})
		c := NewClient(base, &OAuth{
			TokenURL: tokenURL, RefreshToken: "refresh-0", RefreshTokenAt: "/a/refresh_token",
		})
		for range 3 {
			_, err := b.get(c, "")
			require.NoError(b, err)
			time.Sleep(10 * time.Minute)
		}
		assert.Equal(b, []string{
			"/a/refresh_token refresh-1", "/a/refresh_token refresh-2",
			"/a/refresh_token refresh-3",
		}, saved)
		for _, secret := range []string{"token-1", "refresh-1", "token-3", "refresh-3"} {
			assert.Contains(b, secrets, secret)
		}
	})
}

func TestOAuthKeepsTheOldRefreshToken(t *testing.T) {
	t.Parallel()
	var used []string
	oauthBubble(t, func(w nethttp.ResponseWriter, form url.Values, n int) {
		used = append(used, form.Get("refresh_token"))
		respond(w, 200, []string{
			`{"access_token":"t1","expires_in":60,"refresh_token":"second"}`,
			`{"access_token":"t2","expires_in":60,"refresh_token":""}`,
			`{"access_token":"t3","expires_in":60}`,
		}[n-1])
	}, func(b *bundle) {
		c := NewClient(base, &OAuth{TokenURL: tokenURL, RefreshToken: "first"})
		for range 3 {
			_, err := b.get(c, "")
			require.NoError(b, err)
			time.Sleep(time.Minute)
		}
		assert.Equal(b, []string{"first", "second", "second"}, used)
	})
}

func TestOAuthWithoutAPlaceForTheRefreshToken(t *testing.T) {
	t.Parallel()
	oauthBubble(t, (&singleUse{good: "refresh-0"}).grant, func(b *bundle) {
		b.ctx = hook.With(b.ctx, &hook.Hooks{
			UpdateConfig: func(context.Context, string, any) error {
				return errors.New("no such place")
			},
		})
		_, err := b.get(NewClient(base, &OAuth{
			TokenURL: tokenURL, RefreshToken: "refresh-0", RefreshTokenAt: "/nowhere",
		}), "")
		require.ErrorContains(b, err, "no such place")
	})
}

// A stream may be stopped while a refresh token is being exchanged; the new one must not be lost.
func TestOAuthFinishesAnExchangeThatWasCancelled(t *testing.T) {
	t.Parallel()
	server := &singleUse{good: "refresh-0"}
	oauthBubble(t, func(w nethttp.ResponseWriter, form url.Values, n int) {
		time.Sleep(5 * time.Second)
		server.grant(w, form, n)
	}, func(b *bundle) {
		var saved []any
		ctx := hook.With(b.ctx, &hook.Hooks{
			UpdateConfig: func(_ context.Context, _ string, value any) error {
				saved = append(saved, value)
				return nil
			},
		})
		c := NewClient(base, &OAuth{
			TokenURL: tokenURL, RefreshToken: "refresh-0", RefreshTokenAt: "/refresh_token",
		})
		stopped, stop := context.WithCancelCause(ctx)
		time.AfterFunc(time.Second, func() { stop(errors.New("enough")) })
		_, err := c.Do(stopped, &Request{})
		require.ErrorContains(b, err, "enough")
		assert.Equal(b, []any{"refresh-1"}, saved)
		b.ctx = ctx
		said, err := b.get(c, "")
		require.NoError(b, err)
		assert.Equal(b, "Bearer token-1", said)
	})
}

func TestOAuthDoesNotFinishForEver(t *testing.T) {
	t.Parallel()
	oauthBubble(t, func(w nethttp.ResponseWriter, form url.Values, n int) {
		if n == 1 {
			time.Sleep(30 * time.Second)
		}
		tokens(w, form, n)
	}, func(b *bundle) {
		c := NewClient(base, &OAuth{TokenURL: tokenURL})
		ctx, stop := context.WithCancel(b.ctx)
		time.AfterFunc(time.Second, stop)
		var flight sync.WaitGroup
		flight.Go(func() {
			_, err := c.Do(ctx, &Request{})
			assert.ErrorIs(b, err, context.Canceled)
			assert.Equal(b, 11*time.Second, time.Since(b.start))
		})
		synctest.Wait()
		said, err := b.get(c, "") // a waiting worker is not harmed by it
		require.NoError(b, err)
		assert.Equal(b, "Bearer token-2", said)
		flight.Wait()
	})
}
