package cdktest_test

import (
	"fmt"
	"testing"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
)

// The real API was asked once, when the file was not there yet; its answers are in the file, and
// the
// key of the config is not.
func ExampleCassette() {
	runTest(func(t *testing.T) {
		got := cdktest.Read(t, source{}, Config{APIKey: "any key"},
			cdktest.Cassette(t, "testdata/records"))
		for _, record := range got.Records("records") {
			fmt.Println(string(record))
		}
	})
	// Output:
	// {"id":1,"updated_at":"2026-01-01T00:00:00Z"}
	// {"id":2,"updated_at":"2026-01-02T00:00:00Z"}
}

func ExampleStreamState() {
	runTest(func(t *testing.T) {
		cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
			shopAPI(api)
			got := cdktest.Read(t, source{}, Config{APIKey: "right-key-1"}, api,
				cdktest.StreamState("records", `{"updated_at":"2026-01-02T00:00:00Z"}`))
			fmt.Println(len(got.Records("records")), "record from", api.Requests()[0].URL)
		})
	})
	// Output: 1 record from /v1/records?since=2026-01-02T00%3A00%3A00Z
}

// A source with one state for each stream takes those within a GLOBAL state, too.
func ExampleGlobalState() {
	runTest(func(t *testing.T) {
		cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
			shopAPI(api)
			got := cdktest.Read(t, source{}, Config{APIKey: "right-key-1"}, api,
				cdktest.GlobalState(`{}`),
				cdktest.StreamState("records", `{"updated_at":"2026-01-02T00:00:00Z"}`))
			fmt.Println("exit code", got.Code, "after", api.Calls(), "calls")
		})
	})
	// Output: exit code 0 after 1 calls
}

// Where the platform counts generations, an interrupted full refresh may go on.
func ExampleGeneration() {
	runTest(func(t *testing.T) {
		cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
			shopAPI(api)
			got := cdktest.Read(t, source{}, Config{APIKey: "right-key-1"}, api,
				cdktest.FullRefresh("records"), cdktest.Generation(7))
			fmt.Println(len(got.Records("records")), "records")
		})
	})
	// Output: 2 records
}
