package http_test

import (
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/protocol"
)

// Three things that this API means: an error inside a 200, a plan without reports, and a quota.
func ExampleRule() {
	api := apiFunc(func(*nethttp.Request) string {
		return `{"ok":false,"error":"plan_too_small"}`
	})
	client := http.NewClient("https://api.example.com/v1",
		http.Rule{
			JSON:    map[string]string{"error": "plan_too_small"},
			Type:    protocol.ConfigError,
			Message: "Reports need a paid plan. Upgrade it, or leave the stream out.",
		},
		http.Rule{
			JSON:       map[string]string{"error": "quota"},
			Action:     http.RateLimited,
			WaitHeader: "X-Quota-Reset",
		},
		http.Rule{JSON: map[string]string{"ok": "false"}}, // every other error fails
	)
	ctx := http.WithTransport(context.Background(), api)
	_, err := client.Do(ctx, &http.Request{Path: "reports"})
	fmt.Println(err)
	// Output: Reports need a paid plan. Upgrade it, or leave the stream out. (GET https://api.example.com/v1/reports: 200 OK: "plan_too_small").
}

// An account without the feature answers 404; for a sync that is no failure.
func ExampleRule_ignore() {
	ctx := http.WithTransport(context.Background(), statusFunc(func() int { return 404 }))
	client := http.NewClient("https://api.example.com")
	_, err := client.Do(ctx, &http.Request{
		Path:  "loyalty",
		Rules: []http.Rule{{Status: []int{404}, Action: http.Ignore}},
	})
	fmt.Println(errors.Is(err, http.ErrIgnored))
	// Output: true
}

// The quota of this API is one of the hour, and waiting for it costs less than a new sync.
func ExampleGiveUpAfter() {
	ctx := http.WithTransport(context.Background(), echo)
	show(ctx, http.NewClient("https://api.example.com", http.GiveUpAfter(70*time.Minute)), "daily")
	// Output: GET https://api.example.com/daily <nil>
}
