package cdktest

import (
	"context"
	"io"
	nethttp "net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFail(t *testing.T) {
	t.Parallel()
	Bubble(t, func(t *testing.T, api *API) {
		api.Pages("/x", "[]").Fail(2, 429, "Retry-After: 120", "X-Reason:quota")
		resp, body, err := get(t, api, "http://api.example.com/x")
		require.NoError(t, err)
		assert.Equal(t, nethttp.StatusOK, resp.StatusCode)
		assert.Equal(t, "[]", body)

		resp, body, err = get(t, api, "http://api.example.com/x")
		require.NoError(t, err)
		assert.Equal(t, nethttp.StatusTooManyRequests, resp.StatusCode)
		assert.Equal(t, "120", resp.Header.Get("Retry-After"))
		assert.Equal(t, "quota", resp.Header.Get("X-Reason"))
		assert.JSONEq(t, `{"error":"the test lets call 2 fail"}`, body)

		resp, _, err = get(t, api, "http://api.example.com/x") // a fault happens once
		require.NoError(t, err)
		assert.Equal(t, nethttp.StatusOK, resp.StatusCode)
	})
}

func TestFaultInThePast(t *testing.T) {
	t.Parallel()
	Bubble(t, func(t *testing.T, _ *API) {
		failures := failuresOf(t, func(tb testing.TB) {
			api := newAPI(tb).Pages("/x", "[]")
			_, _, err := get(t, api, "http://api.example.com/x")
			require.NoError(t, err)
			api.Fail(1, 503)
		})
		require.Len(t, failures, 1)
		assert.Contains(t, failures[0], "there have been 1 calls already")
	})
}

func TestBreak(t *testing.T) {
	t.Parallel()
	Bubble(t, func(t *testing.T, api *API) {
		api.Pages("/x", `[{"id":1}]`).Pages("/empty", "").Break(1).Break(2)
		resp, body, err := get(t, api, "http://api.example.com/x")
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Equal(t, nethttp.StatusOK, resp.StatusCode)
		assert.Equal(t, `[{"id`, body)

		_, body, err = get(t, api, "http://api.example.com/empty")
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Empty(t, body)
		assert.Equal(t, 2, api.Calls(), "the transport itself must not repeat a request")
	})
}

func TestHang(t *testing.T) {
	t.Parallel()
	Bubble(t, func(t *testing.T, api *API) {
		api.Pages("/x", "[]").Hang(1)
		begun := time.Now()
		_, _, err := get(t, api, "http://api.example.com/x")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Hour, time.Since(begun))
		_, _, err = get(t, api, "http://api.example.com/x")
		require.NoError(t, err)
	})
}
