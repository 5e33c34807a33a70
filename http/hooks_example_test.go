package http_test

import (
	"context"
	"fmt"
	nethttp "net/http"

	"github.com/airbyte-go/cdk/http"
)

// This API wants the time of each attempt in a header.
func ExampleBeforeRequest() {
	api := http.NewClient("https://api.example.com",
		http.BeforeRequest(func(_ context.Context, r *nethttp.Request) error {
			r.Header.Set("X-Timestamp", "1795000000")
			return nil
		}))
	ctx := http.WithTransport(context.Background(), apiFunc(func(r *nethttp.Request) string {
		return "sent at " + r.Header.Get("X-Timestamp")
	}))
	show(ctx, api, "records")
	// Output: sent at 1795000000 <nil>
}

func ExampleAfterResponse() {
	api := http.NewClient("https://api.example.com",
		http.AfterResponse(func(_ context.Context, resp *nethttp.Response) error {
			fmt.Println("cost:", resp.Header.Get("X-Cost"), "status:", resp.StatusCode)
			return nil
		}))
	ctx := http.WithTransport(context.Background(), echo)
	show(ctx, api, "records")
	// Output:
	// cost:  status: 200
	// GET https://api.example.com/records <nil>
}
