package http_test

import (
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"net/url"

	"github.com/airbyte-go/cdk/http"
)

// The key of the last record asks for the records after it; the API says whether there are any.
func ExampleAfter() {
	pages := http.After{Field: "id", Param: "starting_after", More: "has_more"}
	next, err := pages.Next(http.Page{
		Count: 100, Last: []byte(`{"id":"cus_9"}`),
		Values: map[string]json.RawMessage{"has_more": json.RawMessage("true")},
	})
	second := &http.Request{Query: url.Values{}}
	pages.Apply(second, next)
	fmt.Println(second.Query.Encode(), err)
	// Output: starting_after=cus_9 <nil>
}

// This API names a next page for ever; an empty page is the last.
func ExampleUntil() {
	pages := http.Until(http.NextToken{Header: "X-Cursor", Param: "cursor"},
		func(p http.Page) bool { return p.Count == 0 })
	header := nethttp.Header{"X-Cursor": {"abc"}}
	fmt.Println(pages.Next(http.Page{Count: 100, Header: header}))
	fmt.Println(pages.Next(http.Page{Count: 0, Header: header}))
	// Output:
	// abc <nil>
	//  <nil>
}

// A search that is asked by POST takes the page in its body.
func ExampleInBody() {
	pages := http.InBody(http.PageNumber{
		Param: "page.number", Start: 1, Size: 50, SizeParam: "page.size",
	})
	first := &http.Request{Query: url.Values{}, Body: map[string]any{"query": "status = open"}}
	pages.Apply(first, "")
	body, err := json.Marshal(first.Body)
	fmt.Println(string(body), err)
	// Output: {"query":"status = open","page":{"number":1,"size":50}} <nil>
}

func ExampleInHeader() {
	pages := http.InHeader(http.NextToken{At: "next", Param: "X-Cursor"})
	second := &http.Request{Query: url.Values{}, Header: nethttp.Header{}}
	pages.Apply(second, "abc")
	fmt.Println(second.Header.Get("X-Cursor"))
	// Output: abc
}

// The documentation of this API promises that cursors do not expire.
func ExampleLasting() {
	pages := http.Lasting(http.NextToken{At: "next", Param: "cursor"})
	_, stable := pages.(http.Stable)
	fmt.Println(stable)
	// Output: true
}
