package http

import (
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestHooksSeeEachAttempt(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		switch n {
		case 1:
			w.WriteHeader(503)
		case 2:
			nethttp.Redirect(w, r, "https://files.example.net/x", nethttp.StatusFound)
		}
	}, func(b *bundle) {
		n := 0
		var seen []int
		c := NewClient(base, Bearer("t"),
			BeforeRequest(func(_ context.Context, r *nethttp.Request) error {
				n++
				r.Header.Set("X-Attempt", fmt.Sprint(n))
				assert.Empty(b, r.Header.Get("Authorization"), "credentials come after it")
				return nil
			}),
			BeforeRequest(func(_ context.Context, r *nethttp.Request) error {
				r.URL.RawQuery = "n=" + r.Header.Get("X-Attempt")
				return nil
			}),
			AfterResponse(func(_ context.Context, resp *nethttp.Response) error {
				seen = append(seen, resp.StatusCode)
				return nil
			}))
		_, err := b.get(c, "records")
		require.NoError(b, err)
		calls := b.arrivals()
		require.Len(b, calls, 3)
		for i, want := range []string{"1", "2"} {
			assert.Equal(b, want, calls[i].Header.Get("X-Attempt"))
			assert.Equal(b, "n="+want, calls[i].URL.RawQuery)
			assert.Equal(b, "Bearer t", calls[i].Header.Get("Authorization"))
		}
		assert.Empty(b, calls[2].Header.Get("X-Attempt"), "another host is none of its business")
		assert.Equal(b, []int{503, 302}, seen)
	})
}

func TestErrorsOfHooks(t *testing.T) {
	t.Parallel()
	plain := errors.New("no nonce left")
	passing := protocol.Errorf(protocol.TransientError, "The clock is wrong.")
	for _, tt := range []struct {
		err   error
		calls int
		want  string
	}{
		{plain, 1, "no nonce left"}, {passing, 3, "The clock is wrong. It was tried 3 times"},
	} {
		for name, option := range map[string]func(count *int) Option{
			"before": func(count *int) Option {
				return BeforeRequest(func(context.Context, *nethttp.Request) error {
					*count++
					return tt.err
				})
			},
			"after": func(count *int) Option {
				return AfterResponse(func(context.Context, *nethttp.Response) error {
					*count++
					return tt.err
				})
			},
		} {
			bubble(t, func(nethttp.ResponseWriter, *nethttp.Request, int) {}, func(b *bundle) {
				count := 0
				_, err := b.get(NewClient(base, option(&count), Retries(2)), "records")
				require.ErrorContains(b, err, tt.want)
				assert.Equal(b, tt.calls, count, name)
			})
		}
	}
}
