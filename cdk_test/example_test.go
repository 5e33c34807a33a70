package cdktest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// In a connector's own tests each example is the body of a func TestXxx(t *testing.T).

// Config is the config of the source under test.
type Config struct {
	APIKey string `json:"api_key" title:"API key" airbyte:"secret"`
}

// Record is what its stream reads.
type Record struct {
	ID        int64     `json:"id"`
	UpdatedAt time.Time `json:"updated_at"`
}

// source is the source under test.
type source struct{}

func (source) Streams(_ context.Context, cfg Config) ([]sources.Stream, error) {
	api := http.NewClient("https://api.example.com/v1/", http.Bearer(cfg.APIKey))
	return []sources.Stream{&http.Stream{
		Client:     api,
		Name:       "records",
		Schema:     sources.SchemaOf[Record](),
		PrimaryKey: sources.Key("id"),
		Path:       "records",
		Query:      http.Params{"since": "{from}"},
		Records:    http.Field("data"),
		Pages:      http.NextToken{At: "next", Param: "cursor"},
		Cursor:     sources.TimeCursor{Field: "updated_at", Order: sources.Ascending},
	}}, nil
}

// The pages of its API.
const (
	page1 = `{"data":[{"id":1,"updated_at":"2026-01-01T00:00:00Z"}],"next":"{next}"}`
	page2 = `{"data":[{"id":2,"updated_at":"2026-01-02T00:00:00Z"}],"next":"{next}"}`
)

// A failure that the API mends within a minute costs a minute of virtual time and no record.
func ExampleBubble() {
	runTest(func(t *testing.T) {
		cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
			api.Pages("/v1/records", page1, page2).Fail(1, 503, "Retry-After: 60")
			begun := time.Now()
			got := cdktest.Read(t, source{}, Config{APIKey: "k"}, api)
			fmt.Println(len(got.Records("records")), "records in", time.Since(begun))
			fmt.Println(api.Calls(), "calls, the last one to", api.Requests()[2].URL)
		})
	})
	// Output:
	// 2 records in 1m0s
	// 3 calls, the last one to /v1/records?cursor=next-page-2
}

func ExampleRead() {
	runTest(func(t *testing.T) {
		cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
			api.Pages("/v1/records", page1, page2)
			got := cdktest.Read(t, source{}, Config{APIKey: "k"}, api,
				cdktest.Incremental("records"))
			fmt.Println("exit code", got.Code)
			fmt.Println(string(got.Records("records")[1]))
			fmt.Println(got.Statuses("records"))
			last := len(got.States("records")) - 1
			fmt.Println(string(got.States("records")[last].Stream.State))
		})
	})
	// Output:
	// exit code 0
	// {"id":2,"updated_at":"2026-01-02T00:00:00Z"}
	// [STARTED RUNNING COMPLETE]
	// {"updated_at":"2026-01-02T00:00:00Z"}
}

// The second sync starts from the state of the first, while the API has grown.
func ExampleState() {
	runTest(func(t *testing.T) {
		cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
			records := cdktest.Collection{
				Records: []string{
					`{"id":1,"updated_at":"2026-01-01T00:00:00Z"}`,
					`{"id":2,"updated_at":"2026-01-02T00:00:00Z"}`,
				},
				PageSize: 2,
				Page:     `{"data":{records},"next":"{next}"}`,
				Field:    "updated_at",
				Since:    "since",
			}
			api.Collection("/v1/records", records)
			first := cdktest.Read(t, source{}, Config{APIKey: "k"}, api)

			records.Records = append(records.Records,
				`{"id":3,"updated_at":"2026-01-03T00:00:00Z"}`)
			api.Collection("/v1/records", records)
			second := cdktest.Read(t, source{}, Config{APIKey: "k"}, api,
				cdktest.State(first.LastState()))
			fmt.Printf("%s\n", second.Records("records"))
		})
	})
	// Output:
	// [{"id":2,"updated_at":"2026-01-02T00:00:00Z"} {"id":3,"updated_at":"2026-01-03T00:00:00Z"}]
}

func ExampleCrashEverywhere() {
	runTest(func(t *testing.T) {
		cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
			api.Pages("/v1/records", page1, page2)
			cdktest.CrashEverywhere(t, source{}, Config{APIKey: "k"}, api,
				cdktest.RunOptions(sources.Concurrency(2)))
			fmt.Println("survived:", !t.Failed())
		})
	})
	// Output:
	// survived: true
}

func ExampleSpec() {
	runTest(func(t *testing.T) {
		got := cdktest.Spec(t, source{})
		schema := string(got.Spec.ConnectionSpecification)
		fmt.Println("hides its secrets:", strings.Contains(schema, `"airbyte_secret":true`))
	})
	// Output:
	// hides its secrets: true
}

func ExampleCheck() {
	runTest(func(t *testing.T) {
		cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
			api.Pages("/v1/records", page1, page2).Fail(1, 401)
			got := cdktest.Check(t, source{}, Config{APIKey: "wrong"}, api)
			fmt.Println(got.Code, got.ConnectionStatus.Status)

			got = cdktest.Check(t, source{}, Config{}, api, cdktest.Config(`{"api_key":7}`))
			fmt.Println(got.Code, got.ConnectionStatus.Status)
		})
	})
	// Output:
	// 0 FAILED
	// 0 FAILED
}

func ExampleDiscover() {
	runTest(func(t *testing.T) {
		got := cdktest.Discover(t, source{}, Config{APIKey: "k"})
		for _, stream := range got.Catalog.Streams {
			fmt.Println(stream.Name, stream.SupportedSyncModes, stream.DefaultCursorField)
		}
	})
	// Output:
	// records [full_refresh incremental] [updated_at]
}

// Without a catalog a source reads what a developer asks for.
func ExampleLimit() {
	runTest(func(t *testing.T) {
		cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
			api.Pages("/v1/records", page1, page2)
			got := cdktest.Read(t, source{}, Config{APIKey: "k"}, api,
				cdktest.Streams("records"), cdktest.Limit(1))
			fmt.Println(len(got.Records("records")))
		})
	})
	// Output:
	// 1
}

// What a source does with a catalog that it cannot serve.
func ExampleCatalog() {
	runTest(func(t *testing.T) {
		got := cdktest.Read(t, source{}, Config{APIKey: "k"}, cdktest.Catalog(`{"streams":[]}`))
		fmt.Println(got.Code, got.Errors()[0].FailureType)

		got = cdktest.Read(t, source{}, Config{APIKey: "k"}, cdktest.FullRefresh("posts"))
		fmt.Println(got.Code, got.Errors()[0].Descriptor.Name)
	})
	// Output:
	// 1 config_error
	// 1 posts
}
