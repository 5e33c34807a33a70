package http

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	nethttp "net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/hook"
)

// debugging returns what a function logs at a level.
func (b *bundle) debugging(level slog.Level, f func()) string {
	var log bytes.Buffer
	handler := slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level})
	outer := b.ctx
	b.ctx = hook.With(b.ctx, &hook.Hooks{Connector: "source-test", Log: slog.New(handler)})
	f()
	b.ctx = outer
	return log.String()
}

func TestDebugLog(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		w.Header().Set("Set-Cookie", "sid=HIDDEN")
		w.Header().Set("Link", "<https://api.example.com/?cursor=HIDDEN>; rel=next")
		respond(w, 200, `{"access_token":"HIDDEN","count":17,"Session_ID":123456}`)
	}, func(b *bundle) {
		c := NewClient(base, Bearer("HIDDEN-1"), QueryKey("key", "HIDDEN-2"))
		log := b.debugging(slog.LevelDebug, func() {
			_, err := b.do(c, &Request{
				Path: "records?since=HIDDEN", Header: nethttp.Header{"X-Tenant": {"HIDDEN"}},
				Body: map[string]any{"password": "HIDDEN", "a": 1, "b": "HIDDEN-1"},
			})
			require.NoError(b, err)
		})
		assert.NotContains(b, log, "HIDDEN")
		for _, want := range []string{
			"Sending a request.", "POST https://api.example.com/v1/records?since=...",
			"Authorization: ****", "X-Tenant: ****", "Accept-Encoding: zstd",
			`{\"a\":1,\"b\":\"****\",\"password\":\"****\"}`,
			"Got an answer.", "status=200", "Set-Cookie: ****", "Link: <https://api.example.com/?..",
			`{\"access_token\":\"****\",\"count\":17,\"Session_ID\":\"****\"}`,
		} {
			assert.Contains(b, log, want)
		}
		assert.Equal(b, 2, strings.Count(log, "\n"))
		assert.Empty(b, b.debugging(slog.LevelInfo, func() {
			_, err := b.get(c, "records")
			require.NoError(b, err)
		}))
	})
}

func TestDebugLogOfLongBodies(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		_, _ = io.WriteString(w, strings.Repeat("x", maxLogged-4)+"HIDDEN-1")
		for range 100 {
			_, _ = io.WriteString(w, strings.Repeat("y", 1000))
		}
	}, func(b *bundle) {
		log := b.debugging(slog.LevelDebug, func() {
			text, err := b.get(NewClient(base, Bearer("HIDDEN-1")), "records")
			require.NoError(b, err)
			assert.Len(b, text, maxLogged+4+100_000)
		})
		assert.Contains(b, log, fmt.Sprintf("bytes=%d", maxLogged+4+100_000))
		assert.Contains(b, log, "x****...")
		assert.NotContains(b, log, "HIDD")
		assert.Less(b, len(log), 2*maxLogged)
	})
}

func TestDebugLogOfForms(t *testing.T) {
	t.Parallel()
	d := &debugLog{client: NewClient(base)}
	assert.Equal(t, "grant_type=...&client_secret=...",
		d.body("application/x-www-form-urlencoded", []byte("grant_type=x&client_secret=y"), 30))
	assert.Equal(t, `{"refresh_token":"****"`,
		d.body("application/json", []byte(`{"refresh_token":"abc`), 21), "also when it is cut off")
}

func TestDebugLogOfNoAnswer(t *testing.T) {
	t.Parallel()
	bubble(t, func(nethttp.ResponseWriter, *nethttp.Request, int) {
		panic(nethttp.ErrAbortHandler)
	}, func(b *bundle) {
		log := b.debugging(slog.LevelDebug, func() {
			_, err := b.get(NewClient(base, Retries(0)), "records?key=HIDDEN")
			require.Error(b, err)
		})
		assert.Contains(b, log, "A request got no answer.")
		assert.NotContains(b, log, "HIDDEN")
	})
}
