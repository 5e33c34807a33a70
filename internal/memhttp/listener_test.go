package memhttp_test

import (
	"context"
	"io"
	"net"
	nethttp "net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/memhttp"
)

func TestServeUnderVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := memhttp.Serve(t, nethttp.HandlerFunc(func(w nethttp.ResponseWriter,
			r *nethttp.Request) {
			time.Sleep(3 * time.Hour)
			_, _ = io.WriteString(w, r.Host+" "+r.URL.Path)
		}))
		start := time.Now()
		client := &nethttp.Client{Transport: server.Transport()}
		resp, err := client.Get("https://api.example.com/v1/records")
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, "api.example.com /v1/records", string(body))
		assert.Equal(t, "https", resp.Request.URL.Scheme)
		assert.Equal(t, 3*time.Hour, time.Since(start))
	})
}

func TestDialEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memhttp.Listen()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := l.Dial(ctx) // nobody accepts
		require.ErrorIs(t, err, context.DeadlineExceeded)

		require.NoError(t, l.Close())
		require.NoError(t, l.Close())
		_, err = l.Dial(t.Context())
		require.ErrorIs(t, err, net.ErrClosed)
		_, err = l.Accept()
		require.ErrorIs(t, err, net.ErrClosed)
	})
}

func TestServeWaitsForItsHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := memhttp.Serve(t, nethttp.HandlerFunc(func(_ nethttp.ResponseWriter,
			r *nethttp.Request) {
			<-r.Context().Done()
			time.Sleep(time.Hour)
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r, err := nethttp.NewRequestWithContext(ctx, "GET", "https://api.example.com/", nil)
		require.NoError(t, err)
		_, err = server.Transport().RoundTrip(r)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}) // which panics if the handler is still there
}
