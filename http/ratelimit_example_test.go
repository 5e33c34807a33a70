package http_test

import (
	"context"
	"time"

	"github.com/airbyte-go/cdk/http"
)

// This API allows 50 requests in 10 seconds and 10,000 in a day, where a search counts as five of
// them; its reports have a limit of their own, which it does not tell.
func ExampleRateLimit() {
	api := http.NewClient("https://api.example.com/v2",
		http.Limit(50, 10*time.Second),
		http.RateLimit{
			Requests: 10_000, Per: 24 * time.Hour,
			Weights: map[string]int{"POST /search": 5},
		},
		http.RateLimit{
			Requests: 10, Per: time.Second,
			Only:     []string{"/reports/", "/exports/{id}"},
			Adaptive: true,
		},
	)
	ctx := http.WithTransport(context.Background(), echo)
	show(ctx, api, "reports/7")
	// Output: GET https://api.example.com/v2/reports/7 <nil>
}
