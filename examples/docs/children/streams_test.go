package children

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
)

func serve(api *cdktest.API) {
	api.Pages("/v1/posts", `[{"id":1,"title":"Hello"},{"id":2,"title":"Again"}]`)
	api.Pages("/v1/posts/1/comments", `[{"id":11,"created_at":"2026-01-01T00:00:00Z"}]`)
	api.Pages("/v1/posts/2/comments", `[{"id":21,"created_at":"2026-01-02T00:00:00Z"}]`)
	api.Pages("/v1/prices", `[{"amount":5}]`)
}

func TestChildren(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		serve(api)
		got := cdktest.Read(t, source{}, struct{}{}, api)
		require.Zero(t, got.Code, got.Errors())
		assert.Len(t, got.Records("prices"), 4)
		require.Len(t, got.Records("comments"), 2)
		assert.Contains(t, []string{
			`{"post_id":1,"title":"Hello","id":11,"created_at":"2026-01-01T00:00:00Z"}`,
			`{"post_id":2,"title":"Again","id":21,"created_at":"2026-01-02T00:00:00Z"}`,
		}, string(got.Records("comments")[0]))

		posts := 0
		for _, r := range api.Requests() {
			if r.URL.Path == "/v1/posts" {
				posts++
			}
		}
		assert.Equal(t, 1, posts, "the parent is read once for itself and for its child")

		states := got.States("comments")
		assert.JSONEq(t, `{
			"use_global_cursor": false,
			"lookback_window": 0,
			"state": {"created_at": "2026-01-02T00:00:00Z"},
			"states": [
				{
					"partition": {"post_id": 1, "parent_slice": {}},
					"cursor": {"created_at": "2026-01-01T00:00:00Z"}
				},
				{
					"partition": {"post_id": 2, "parent_slice": {}},
					"cursor": {"created_at": "2026-01-02T00:00:00Z"}
				}
			],
			"go_cdk": {"version": 1, "all_partitions": true}
		}`, string(states[len(states)-1].Stream.State))
	})
}

func TestNothingIsLost(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		serve(api)
		cdktest.CrashEverywhere(t, source{}, struct{}{}, api)
	})
}
