package http_test

import (
	"context"
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"

	"github.com/airbyte-go/cdk/http"
)

// bodyEcho answers with the kind and the text of the body.
var bodyEcho = apiFunc(func(r *nethttp.Request) string {
	body, _ := io.ReadAll(r.Body)
	return r.Header.Get("Content-Type") + ": " + string(body)
})

// Bodies of three kinds.
func ExampleRequest() {
	ctx := http.WithTransport(context.Background(), bodyEcho)
	client := http.NewClient("https://api.example.com")
	for _, body := range []any{
		map[string]int{"limit": 100},
		url.Values{"limit": {"100"}},
		http.Raw{ContentType: "text/csv", Data: []byte("limit\n100\n")},
	} {
		resp, err := client.Do(ctx, &http.Request{Path: "search", Body: body, Idempotent: true})
		if err != nil {
			fmt.Println(err)
			return
		}
		text, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		fmt.Printf("%q\n", text)
	}
	// Output:
	// "application/json: {\"limit\":100}\n"
	// "application/x-www-form-urlencoded: limit=100"
	// "text/csv: limit\n100\n"
}

// A GraphQL API that refuses queries by a code in a 200.
func ExampleGraphQL() {
	api := apiFunc(func(*nethttp.Request) string {
		return `{"data":{"orders":{"totalCount":12345678901234567890}}}`
	})
	client := http.NewClient("https://api.example.com", http.Rule{
		JSON:   map[string]string{"errors.extensions.code": "THROTTLED"},
		Action: http.RateLimited,
	})
	var answer struct {
		Data struct{ Orders map[string]any }
	}
	err := client.JSON(http.WithTransport(context.Background(), api), &http.Request{
		Path: "graphql",
		Body: http.GraphQL{
			Query:     "query ($after: String) { orders(after: $after) { totalCount } }",
			Variables: map[string]any{"after": nil},
		},
	}, &answer)
	fmt.Println(answer.Data.Orders["totalCount"], err)
	// Output: 12345678901234567890 <nil>
}

func ExampleClient_JSON() {
	api := apiFunc(func(r *nethttp.Request) string {
		return `{"id":7,"plan":"` + r.URL.Query().Get("expand") + `"}`
	})
	var account struct {
		ID   int
		Plan string
	}
	client := http.NewClient("https://api.example.com")
	err := client.JSON(http.WithTransport(context.Background(), api),
		&http.Request{Path: "account", Query: url.Values{"expand": {"plan"}}}, &account)
	fmt.Println(account.ID, account.Plan, err)
	// Output: 7 plan <nil>
}
