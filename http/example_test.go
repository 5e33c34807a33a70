package http_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// apiFunc is an API in memory: it turns a request into the JSON of an answer.
type apiFunc func(r *nethttp.Request) string

func (f apiFunc) RoundTrip(r *nethttp.Request) (*nethttp.Response, error) {
	body := f(r)
	return &nethttp.Response{
		StatusCode: 200, Header: nethttp.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}

// echo answers with the request itself.
var echo = apiFunc(func(r *nethttp.Request) string {
	return strings.TrimSpace(fmt.Sprint(r.Method, " ", r.URL, " ", r.Header.Get("Authorization")))
})

// show sends a GET through c and prints the answer.
func show(ctx context.Context, c *http.Client, path string) {
	resp, err := c.Do(ctx, &http.Request{Path: path})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	fmt.Println(string(text), err)
}

// Two pages become records; the second is asked for with the token of the first.
func ExampleStream() {
	api := apiFunc(func(r *nethttp.Request) string {
		if r.URL.Query().Get("cursor") == "" {
			return `{"data":[{"id":1},{"id":2}],"meta":{"next_cursor":"abc"}}`
		}
		return `{"data":[{"id":3}],"meta":{"next_cursor":null}}`
	})
	read(api, &http.Stream{
		Client:  http.NewClient("https://api.example.com/v1/"),
		Name:    "records",
		Schema:  sources.SchemaJSON([]byte(`{"type":"object"}`)),
		Path:    "records",
		Records: http.Field("data"),
		Pages:   http.NextToken{At: "meta.next_cursor", Param: "cursor"},
	})
	// Output:
	// {"id":1}
	// {"id":2}
	// {"id":3}
}

// oneStream is a source without a config.
type oneStream struct{ stream sources.Stream }

func (s oneStream) Streams(context.Context, struct{}) ([]sources.Stream, error) {
	return []sources.Stream{s.stream}, nil
}

// read runs a source with one stream against an API and prints its records.
func read(api nethttp.RoundTripper, stream sources.Stream, opts ...sources.Option) {
	config, err := os.CreateTemp("", "config*.json")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.Remove(config.Name()) }()
	if _, err := config.WriteString("{}"); err != nil {
		panic(err)
	}
	var out bytes.Buffer
	sources.Run(http.WithTransport(context.Background(), api), oneStream{stream}, sources.Process{
		Args: []string{"read", "--config", config.Name()}, Out: &out,
	}, opts...)
	for line := range strings.Lines(out.String()) {
		var m struct {
			Type   string
			Record struct{ Data json.RawMessage }
		}
		if err := json.Unmarshal([]byte(line), &m); err == nil && m.Type == "RECORD" {
			fmt.Println(string(m.Record.Data))
		}
	}
}

func ExampleNewClient() {
	ctx := http.WithTransport(context.Background(), echo)
	api := http.NewClient("https://api.example.com/v1", http.Bearer("t0ken"), http.Limit(10,
		time.Second))
	show(ctx, api, "records?type=a")
	// Output:
	// GET https://api.example.com/v1/records?type=a Bearer t0ken <nil>
}

// A POST that only reads is marked as idempotent, so that it is retried like a GET.
func ExampleClient_Do() {
	api := apiFunc(func(r *nethttp.Request) string {
		query, _ := io.ReadAll(r.Body)
		return fmt.Sprintf("%s %s", r.Method, query)
	})
	ctx := http.WithTransport(context.Background(), api)
	client := http.NewClient("https://api.example.com/")
	resp, err := client.Do(ctx, &http.Request{
		Path: "search", Body: map[string]any{"query": "status = open", "limit": 100},
		Idempotent: true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(resp.Body)
	fmt.Print(string(text))
	// Output: POST {"limit":100,"query":"status = open"}
}

func ExampleBearer() {
	ctx := http.WithTransport(context.Background(), echo)
	show(ctx, http.NewClient("https://api.example.com", http.Bearer("t0ken")), "me")
	// Output: GET https://api.example.com/me Bearer t0ken <nil>
}

func ExampleBasic() {
	ctx := http.WithTransport(context.Background(), echo)
	show(ctx, http.NewClient("https://api.example.com", http.Basic("ann", "secret")), "me")
	// Output: GET https://api.example.com/me Basic YW5uOnNlY3JldA== <nil>
}

func ExampleHeaderKey() {
	ctx := http.WithTransport(context.Background(), apiFunc(func(r *nethttp.Request) string {
		return r.Header.Get("X-Api-Key")
	}))
	show(ctx, http.NewClient("https://api.example.com", http.HeaderKey("X-Api-Key", "k3y")), "me")
	// Output: k3y <nil>
}

func ExampleQueryKey() {
	ctx := http.WithTransport(context.Background(), echo)
	show(ctx, http.NewClient("https://api.example.com", http.QueryKey("key", "k3y")), "me")
	// Output: GET https://api.example.com/me?key=k3y <nil>
}

// The base URL is that of the sandbox when the config says so; everything else stays.
func ExampleOption() {
	options := []http.Option{
		http.Limit(100, time.Minute),
		http.Retries(8),
		http.Timeouts{Header: 5 * time.Minute, IdleBody: -1}, // reports that take their time
	}
	ctx := http.WithTransport(context.Background(), echo)
	show(ctx, http.NewClient("https://sandbox.example.com", options...), "report")
	// Output: GET https://sandbox.example.com/report <nil>
}

func ExampleLimit() {
	ctx := http.WithTransport(context.Background(), echo)
	api := http.NewClient("https://api.example.com", http.Limit(100,
		time.Second)) // one every 10 ms
	start := time.Now()
	for range 3 {
		if resp, err := api.Do(ctx, &http.Request{}); err == nil {
			_ = resp.Body.Close()
		}
	}
	fmt.Println(time.Since(start) >= 20*time.Millisecond)
	// Output: true
}

func ExampleRetries() {
	calls := 0
	ctx := http.WithTransport(context.Background(), statusFunc(func() int { calls++; return 503 }))
	_, err := http.NewClient("https://api.example.com", http.Retries(0)).Do(ctx, &http.Request{})
	fmt.Println(http.StatusOf(err), calls)
	// Output: 503 1
}

func ExampleTimeouts() {
	hanging := roundTripFunc(func(r *nethttp.Request) (*nethttp.Response, error) {
		<-r.Context().Done() // a server that never answers
		return nil, r.Context().Err()
	})
	ctx := http.WithTransport(context.Background(), hanging)
	api := http.NewClient("https://api.example.com", http.Retries(0),
		http.Timeouts{Header: time.Millisecond})
	_, err := api.Do(ctx, &http.Request{})
	what, _, _ := strings.Cut(err.Error(), ". ")
	fmt.Println(what)
	// Output: GET https://api.example.com: no answer: it took longer than 1ms
}

type roundTripFunc func(r *nethttp.Request) (*nethttp.Response, error)

func (f roundTripFunc) RoundTrip(r *nethttp.Request) (*nethttp.Response, error) { return f(r) }

// statusFunc is an API that answers with a status and nothing else.
type statusFunc func() int

func (f statusFunc) RoundTrip(r *nethttp.Request) (*nethttp.Response, error) {
	return &nethttp.Response{StatusCode: f(), Body: nethttp.NoBody, Request: r}, nil
}

// A status that the connector expects is no failure.
func ExampleStatusOf() {
	ctx := http.WithTransport(context.Background(), statusFunc(func() int { return 404 }))
	_, err := http.NewClient("https://api.example.com").Do(ctx, &http.Request{Path: "optional"})
	if http.StatusOf(err) == nethttp.StatusNotFound {
		fmt.Println("this account does not have it")
	}
	// Output: this account does not have it
}

func ExampleWithTransport() {
	api := apiFunc(func(r *nethttp.Request) string { return "you asked for " + r.URL.Path })
	ctx := http.WithTransport(context.Background(), api) // reaches clients that are made below it
	show(ctx, http.NewClient("https://api.example.com"), "hello")
	// Output: you asked for /hello <nil>
}

func ExampleField() {
	body := `{"result":{"items":[{"id":1},{"id":2}]},"total":20000000000000000001}`
	values, err := http.Field("result.items").Cut(strings.NewReader(body), []string{"total"},
		func(record []byte) error {
			fmt.Println(string(record))
			return nil
		})
	fmt.Println(string(values["total"]), err)
	// Output:
	// {"id":1}
	// {"id":2}
	// 20000000000000000001 <nil>
}

func ExampleParams() {
	api := apiFunc(func(r *nethttp.Request) string {
		fmt.Println(r.URL.RawQuery)
		return "[]"
	})
	read(api, &http.Stream{
		Client: http.NewClient("https://api.example.com"),
		Name:   "events",
		Schema: sources.SchemaJSON([]byte(`{"type":"object"}`)),
		Query:  http.Params{"from_id": "{from}", "to_id": "{to}", "expand": "user"},
		Cursor: sources.IntCursor{Field: "id", Start: 100}, // no end: to_id is not sent
	})
	// Output: expand=user&from_id=100
}

func ExamplePageNumber() {
	pages := http.PageNumber{Start: 1, Size: 2, SizeParam: "per_page"}
	first := &http.Request{Query: url.Values{}}
	pages.Apply(first, "")
	fmt.Println(first.Query.Encode())
	fmt.Println(pages.Next(http.Page{Count: 2}))
	fmt.Println(pages.Next(http.Page{Token: "2", Count: 1}))
	// Output:
	// page=1&per_page=2
	// 2 <nil>
	//  <nil>
}

func ExampleOffset() {
	pages := http.Offset{Size: 100, SizeParam: "limit"}
	next, err := pages.Next(http.Page{Token: "200", Count: 100})
	second := &http.Request{Query: url.Values{}}
	pages.Apply(second, next)
	fmt.Println(second.Query.Encode(), err)
	// Output: limit=100&offset=300 <nil>
}

func ExampleNextToken() {
	pages := http.NextToken{At: `@odata\.nextLink`}
	next, err := pages.Next(http.Page{Values: map[string]json.RawMessage{
		pages.At: json.RawMessage(`"https://api.example.com/users?skip=100"`),
	}})
	fmt.Println(next, err)
	// Output: https://api.example.com/users?skip=100 <nil>
}

func ExampleLinkHeader() {
	here, _ := url.Parse("https://api.example.com/repos?page=1")
	next, err := http.LinkHeader{}.Next(http.Page{
		URL:    here,
		Header: nethttp.Header{"Link": {`<?page=2>; rel="next", <?page=9>; rel="last"`}},
	})
	fmt.Println(next, err)
	// Output: https://api.example.com/repos?page=2 <nil>
}

// afterLast asks for the records after the last one, as long as the API says that there are more.
type afterLast struct{}

func (afterLast) Want() []string { return []string{"has_more"} }

func (afterLast) Apply(r *http.Request, token string) {
	if token != "" {
		r.Query.Set("starting_after", token)
	}
}

func (afterLast) Next(p http.Page) (string, error) {
	if string(p.Values["has_more"]) != "true" {
		return "", nil
	}
	var last struct{ ID string }
	err := json.Unmarshal(p.Last, &last)
	return last.ID, err
}

// A paginator of one's own.
func ExamplePaginator() {
	next, err := afterLast{}.Next(http.Page{
		Values: map[string]json.RawMessage{"has_more": json.RawMessage("true")},
		Last:   []byte(`{"id":"cus_9"}`),
	})
	fmt.Println(next, err)
	// Output: cus_9 <nil>
}

// lines is an extractor for JSON lines.
type lines struct{}

func (lines) Cut(body io.Reader, _ []string, emit func([]byte) error) (map[string]json.RawMessage,
	error) {
	in := bufio.NewScanner(body)
	for in.Scan() {
		if err := emit(in.Bytes()); err != nil {
			return nil, err
		}
	}
	return nil, in.Err()
}

// An extractor of one's own.
func ExampleExtractor() {
	api := apiFunc(func(*nethttp.Request) string { return "{\"id\":1}\n{\"id\":2}\n" })
	read(api, &http.Stream{
		Client:  http.NewClient("https://api.example.com"),
		Name:    "events",
		Schema:  sources.SchemaJSON([]byte(`{"type":"object"}`)),
		Path:    "export",
		Records: lines{},
	})
	// Output:
	// {"id":1}
	// {"id":2}
}
