package cdktest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// TestReadOverHTTPMeetsFaults has all faults in one read, which none of them can harm.
func TestReadOverHTTPMeetsFaults(t *testing.T) {
	t.Parallel()
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Collection("/v1/items", itemsOn(0, 0, 1, 1, 2, 2, 3))
		api.Fail(1, 503).Break(2).Hang(3).Fail(5, 429, "Retry-After: 600")
		begun := time.Now()
		got := cdktest.Read(t, overHTTP(sources.TimeCursor{Field: "at"}, byToken), none{}, api)
		require.Equal(t, 0, got.Code)
		assert.Len(t, got.Records("items"), 7)
		assert.Equal(t, 8, api.Calls())
		assert.Greater(t, time.Since(begun), 11*time.Minute)
		assert.Equal(t, []protocol.StreamStatus{
			"STARTED", "RUNNING", "RUNNING", "RUNNING", "COMPLETE", // the second one waits
		}, got.Statuses("items"))
		assert.JSONEq(t, `[{"type":"STREAM","stream":{"stream_descriptor":{"name":"items"},
			"stream_state":{"at":"2026-01-04T00:00:00Z"}}}]`, string(got.LastState()))
	})
}
