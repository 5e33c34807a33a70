package cdktest

import (
	nethttp "net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPIGuards(t *testing.T) {
	Bubble(t, func(t *testing.T, api *API) {
		api.Pages("/v1/x", "[]").Authorize("X-Key: k").Limit(2, time.Minute)
		get := func(key string) *nethttp.Response {
			r, err := nethttp.NewRequestWithContext(t.Context(), "GET", "https://a.example.com/v1/x", nil)
			require.NoError(t, err)
			r.Header.Set("X-Key", key)
			resp, err := api.RoundTrip(r)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			return resp
		}
		assert.Equal(t, 401, get("wrong").StatusCode)
		assert.Equal(t, 200, get("k").StatusCode)
		time.Sleep(10500 * time.Millisecond)
		assert.Equal(t, 200, get("k").StatusCode)
		refused := get("k")
		assert.Equal(t, 429, refused.StatusCode)
		assert.Equal(t, "50", refused.Header.Get("Retry-After"))
		time.Sleep(50 * time.Second)
		assert.Equal(t, 200, get("k").StatusCode)
	})
}

func TestAPIGuardMistakes(t *testing.T) {
	t.Parallel()
	for want, set := range map[string]func(api *API){
		"API.Authorize got": func(api *API) { api.Authorize("k") },
		"API.Limit got":     func(api *API) { api.Limit(0, time.Second) },
	} {
		failures := failuresOf(t, func(t testing.TB) { set(newAPI(t)) })
		require.Len(t, failures, 1)
		assert.Contains(t, failures[0], want)
	}
}
