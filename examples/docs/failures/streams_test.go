package failures

import (
	"context"
	"fmt"
	nethttp "net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/protocol"
)

// once answers the first call otherwise than the rest.
func once(first, then string) nethttp.Handler {
	calls := 0
	return nethttp.HandlerFunc(func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		calls++
		if calls == 1 {
			fmt.Fprint(w, first)
			return
		}
		fmt.Fprint(w, then)
	})
}

func status(code int, text string) nethttp.Handler {
	return nethttp.HandlerFunc(func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		w.WriteHeader(code)
		fmt.Fprint(w, text)
	})
}

func TestRules(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/v1/people", once(`{"error":{"code":"busy"}}`, `[{"id":1}]`))
		api.Handle("/v1/labs", status(404, `{"error":{"code":"feature_disabled"}}`))
		got := cdktest.Read(t, source{}, struct{}{}, api, cdktest.FullRefresh("people", "labs"))
		require.Zero(t, got.Code, got.Errors())
		assert.Len(t, got.Records("people"), 1)
		assert.Empty(t, got.Records("labs"))
	})
}

// One stream fails with one sentence, and the others go on.
func TestFailure(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Pages("/v1/people", `[{"id":1}]`)
		api.Handle("/v1/labs", status(402, `{"message":"no API in the plan Basic"}`))
		got := cdktest.Read(t, source{}, struct{}{}, api)
		assert.Equal(t, 1, got.Code)
		assert.Len(t, got.Records("people"), 1)
		said := map[string]string{}
		for _, e := range got.Errors() {
			said[e.Descriptor.Name] = string(e.FailureType) + ": " + e.Message
		}
		assert.Len(t, said, 2)
		assert.Contains(t, said["labs"], "config_error: The plan of this account has no API.")
		assert.Equal(t, "transient_error: The queue went away: connection closed.", said["queue"])
		assert.Contains(t, got.Statuses("labs"), protocol.StatusIncomplete)
	})
}

func TestLimits(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Pages("/v1/people", `[]`).Fail(1, 503).Fail(2, 429, "Retry-After: 1800")
		ctx := http.WithTransport(context.Background(), api)
		resp, err := limited().Do(ctx, &http.Request{Path: "people"})
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, 3, api.Calls())
	})
}
