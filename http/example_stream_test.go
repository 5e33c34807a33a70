package http_test

import (
	"fmt"
	"io"
	nethttp "net/http"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// anySchema is that of records nobody knows.
var anySchema = sources.SchemaJSON([]byte(`{"type":"object"}`))

// A search that is asked by POST: what the slice has no value for is left out, numbers stay
// numbers, and the page goes into the body as well.
func ExampleStream_search() {
	api := apiFunc(func(r *nethttp.Request) string {
		body, _ := io.ReadAll(r.Body)
		fmt.Println(r.Method, r.URL.Path, string(body))
		return `{"results":[{"id":107}],"total":1}`
	})
	read(api, &http.Stream{
		Client: http.NewClient("https://api.example.com"),
		Name:   "tickets",
		Schema: anySchema,
		Path:   "search",
		Body: map[string]any{
			"filter": map[string]any{"min_id": "{from}", "max_id": "{to}"},
			"sort":   "id",
		},
		Records: http.Field("results"),
		Pages: http.InBody(http.Offset{
			Param: "page.offset", Size: 100, SizeParam: "page.limit", Total: "total",
		}),
		Cursor: sources.IntCursor{Field: "id", Start: 100},
	})
	// Output:
	// POST /search {"filter":{"min_id":100},"sort":"id","page":{"limit":100,"offset":0}}
	// {"id":107}
}

// Prepare has the last word on each request.
func ExampleStream_prepare() {
	api := apiFunc(func(r *nethttp.Request) string {
		fmt.Println(r.URL.RawQuery)
		return `[]`
	})
	read(api, &http.Stream{
		Client: http.NewClient("https://api.example.com"),
		Name:   "changes",
		Schema: anySchema,
		Cursor: sources.IntCursor{Field: "version", Start: 41},
		Prepare: func(r *http.Request, s sources.Slice) error {
			r.Query.Set("after", fmt.Sprint(s.From.Int()-1)) // this API leaves the bound out
			return nil
		},
	})
	// Output: after=40
}

// The comments of each post: the engine reads the posts once, for all their children.
func ExampleStream_partitions() {
	api := apiFunc(func(r *nethttp.Request) string {
		return map[string]string{
			"/posts":            `[{"id":1,"title":"Hello"},{"id":2,"title":"Bye"}]`,
			"/posts/1/comments": `[{"text":"First"}]`,
			"/posts/2/comments": `[{"text":"Why?"},{"text":"Come back"}]`,
		}[r.URL.Path]
	})
	client := http.NewClient("https://api.example.com")
	posts := &http.Stream{Client: client, Name: "posts", Schema: anySchema, Path: "posts"}
	read(api, &http.Stream{
		Client:     client,
		Name:       "comments",
		Schema:     anySchema,
		Partitions: sources.Parent{Stream: posts, Key: "id", As: "post_id"},
		Path:       "posts/{post_id}/comments",
		Inherit:    []string{"post_id"},
	}, sources.Concurrency(1))
	// Output:
	// {"post_id":1,"text":"First"}
	// {"post_id":2,"text":"Why?"}
	// {"post_id":2,"text":"Come back"}
}
