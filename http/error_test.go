package http

import (
	"fmt"
	"io"
	nethttp "net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestErrorsOfStatuses(t *testing.T) {
	t.Parallel()
	const get = "GET https://api.example.com/v1/records?key=...: "
	for _, tt := range []struct {
		status int
		body   string
		kind   protocol.FailureType
		want   string
	}{
		{401, `{"message":"Bad token"}`, protocol.ConfigError, `the API refused the credentials ` +
			`(401 Unauthorized): "Bad token". Check the credentials in the configuration.`},
		{403, ``, protocol.ConfigError, `the API denied access (403 Forbidden). Give the ` +
			`credentials access to this resource, or leave the stream out.`},
		{404, `{"error":{"message":"No such team"}}`, protocol.SystemError, `the API has nothing ` +
			`at this address (404 Not Found): "No such team". Check the URL, and the names and ` +
			`IDs in the configuration.`},
		{410, ``, protocol.SystemError, `the API has nothing at this address (410 Gone). Check ` +
			`the URL, and the names and IDs in the configuration.`},
		{400, `{"errors":["a","b"]}`, protocol.SystemError, `the API rejected the request (400 ` +
			`Bad Request): "a, b". The connector sent something the API does not accept: report ` +
			`it to its maintainer.`},
		{499, ``, protocol.SystemError, `the API rejected the request (499). The connector sent ` +
			`something the API does not accept: report it to its maintainer.`},
		{429, `slow down`, protocol.TransientError, `the API's rate limit is exceeded (429 Too ` +
			`Many Requests): "slow down". A later sync goes on from the last state; fewer ` +
			`parallel syncs of this API help.`},
		{408, ``, protocol.TransientError, `the API failed (408 Request Timeout). A later sync ` +
			`may succeed; if this stays, ask the API's operator.`},
		{500, `{"detail":"boom."}`, protocol.TransientError, `the API failed (500 Internal ` +
			`Server Error): "boom.". A later sync may succeed; if this stays, ask the API's ` +
			`operator.`},
		{501, ``, protocol.TransientError, `the API failed (501 Not Implemented). A later sync ` +
			`may succeed; if this stays, ask the API's operator.`},
		{304, ``, protocol.SystemError, `the API redirected to no usable address (304 Not ` +
			`Modified). Check the URL in the configuration.`},
	} {
		t.Run(fmt.Sprint(tt.status), func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
				respond(w, tt.status, tt.body)
			}, func(b *bundle) {
				_, err := b.get(NewClient(base, Retries(0)), "records?key=SECRET")
				requireError(b, err, tt.kind, get+tt.want)
				assert.Equal(b, tt.status, StatusOf(fmt.Errorf("wrapped: %w", err)))
			})
		})
	}
}

func TestErrorsSayHowOftenItWasTried(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		w.Header().Set("Retry-After", "2")
		w.WriteHeader(503)
	}, func(b *bundle) {
		_, err := b.get(NewClient(base, Retries(1)), "records")
		requireError(b, err, protocol.TransientError, "GET https://api.example.com/v1/records: "+
			"the API failed (503 Service Unavailable). A later sync may succeed; if this stays, "+
			"ask the API's operator. It was tried 2 times in 2s.")
	})
}

func TestErrorsKeepSecrets(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(401)
		_, _ = fmt.Fprintf(w, "try https://u:hidden@h/login?next=hidden, key %s, not %s%s",
			r.URL.Query().Get("k"), strings.Repeat(" x", 124), r.Header["X-Api-Key"])
	}, func(b *bundle) {
		_, err := b.get(NewClient(base, QueryKey("k", "s&cret"), HeaderKey("X-Api-Key", "abcdef")),
			"records")
		var e *protocol.Error
		require.ErrorAs(b, err, &e)
		trace := e.Trace(time.Now()).Trace.Error
		for _, secret := range []string{"s&cret", "s%26cret", "abcdef", "hidden"} {
			assert.NotContains(b, trace.Message+trace.InternalMessage, secret)
		}
		assert.Contains(b, trace.Message, `"try https://h/login?... key ****, not x x `)
		assert.NotContains(b, trace.Message, "[ab", "not even the beginning of one")
		assert.Equal(b, `HTTP status 401, content type "text/plain", from GET `+
			`https://api.example.com/v1/records`,
			trace.InternalMessage)
	})
}

func TestErrorBodyThatNeverEnds(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		w.WriteHeader(404)
		for {
			if _, err := io.WriteString(w, strings.Repeat("no ", 1000)); err != nil {
				return
			}
		}
	}, func(b *bundle) {
		_, err := b.get(NewClient(base), "records")
		require.ErrorContains(b, err, `(404 Not Found): "no no no`)
		assert.Less(b, len(err.Error()), 600)
	})
}
