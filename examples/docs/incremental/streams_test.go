package incremental

import (
	"fmt"
	nethttp "net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
)

var config = Config{StartDate: time.Date(2026, 12, 20, 0, 0, 0, 0, time.UTC)}

// serve answers for all streams.
func serve(api *cdktest.API) {
	orders := []string{
		`{"id":1,"updated_at":"2026-12-21T00:00:00Z"}`,
		`{"id":2,"updated_at":"2026-12-22T00:00:00Z"}`,
	}
	api.Collection("/v1/orders", cdktest.Collection{
		Records: orders, Field: "updated_at", Since: "since", Until: "until",
	})
	api.Collection("/v1/visits", cdktest.Collection{Records: orders})
	api.Collection("/v1/events", cdktest.Collection{
		Records: orders, Field: "id", Since: "after_id", SinceExclusive: true,
	})
	api.Collection("/v1/reports/sales", cdktest.Collection{
		Records: []string{`{"date":"2026-12-21","total":7}`},
		Field:   "date", Since: "first_day", Until: "last_day",
	})
	api.Handle("/v1/changes", nethttp.HandlerFunc(func(w nethttp.ResponseWriter,
		r *nethttp.Request,
	) {
		if r.FormValue("sync_token") == "" {
			fmt.Fprint(w, `{"items":[{"id":1}],"sync_token":"t1"}`)
			return
		}
		fmt.Fprint(w, `{"items":[{"id":9}],"sync_token":"t2"}`)
	}))
}

// The states are those that docs/incremental.md shows.
func TestStates(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		serve(api)
		got := cdktest.Read(t, source{}, config, api)
		require.Zero(t, got.Code, got.Errors())
		for stream, want := range map[string]string{
			"orders":  `{"updated_at":"2026-12-22T00:00:00Z"}`,
			"visits":  `{"updated_at":"2026-12-22T00:00:00Z"}`,
			"events":  `{"id":2}`,
			"sales":   `{"date":"2026-12-21"}`,
			"changes": `{"token":"t1"}`,
		} {
			states := got.States(stream)
			require.NotEmpty(t, states, stream)
			assert.JSONEq(t, want, string(states[len(states)-1].Stream.State), stream)
		}

		again := cdktest.Read(t, source{}, config, api, cdktest.State(got.LastState()))
		require.Zero(t, again.Code, again.Errors())
		assert.Len(t, again.Records("orders"), 1, "the bound is inclusive: once more")
		assert.Empty(t, again.Records("events"), "the bound is exclusive")
		assert.JSONEq(t, `{"id":9}`, string(again.Records("changes")[0]))
	})
}

// What the API of the reports is asked for: whole days of New York, both included.
func TestReports(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		serve(api)
		got := cdktest.Read(t, source{}, config, api, cdktest.Incremental("sales"))
		require.Zero(t, got.Code, got.Errors())
		var asked []string
		for _, r := range api.Requests() {
			query := r.URL.Query()
			asked = append(asked, query.Get("first_day")+" to "+query.Get("last_day"))
		}
		assert.ElementsMatch(t, []string{
			"2026-12-19 to 2026-12-25", "2026-12-26 to 2026-12-30",
		}, asked)
	})
}

func TestNothingIsLost(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		serve(api)
		cdktest.CrashEverywhere(t, source{}, config, api, cdktest.Incremental("orders", "events"))
	})
}
