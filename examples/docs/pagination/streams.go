// Package pagination holds the code of docs/pagination.md.
package pagination

import (
	"context"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Order is a record of every stream.
type Order struct {
	ID int64 `json:"id"`
}

// source has one stream for each way of paging.
type source struct{}

var _ sources.Source[struct{}] = source{}

func (source) Streams(context.Context, struct{}) ([]sources.Stream, error) {
	api := http.NewClient("https://api.example.com/v1/")
	return []sources.Stream{
		byNumber(api), byOffset(api), byToken(api), byLink(api), afterTheLast(api), byBody(api),
		feed(api),
	}, nil
}

func byNumber(api *http.Client) sources.Stream {
	return &http.Stream{
		Client: api, Name: "by_number", Schema: sources.SchemaOf[Order](), Path: "numbered",
		Records: http.Field("data"),
		Pages:   http.PageNumber{Start: 1, Size: 2, SizeParam: "per_page"},
	}
}

func byOffset(api *http.Client) sources.Stream {
	return &http.Stream{
		Client: api, Name: "by_offset", Schema: sources.SchemaOf[Order](), Path: "counted",
		Records: http.Field("data"),
		Pages:   http.Offset{Size: 2, SizeParam: "limit", Total: "total"},
	}
}

func byToken(api *http.Client) sources.Stream {
	return &http.Stream{
		Client: api, Name: "by_token", Schema: sources.SchemaOf[Order](), Path: "tokens",
		Records: http.Field("data"),
		Pages:   http.NextToken{At: "meta.next", Param: "cursor"},
	}
}

func byLink(api *http.Client) sources.Stream {
	return &http.Stream{
		Client: api, Name: "by_link", Schema: sources.SchemaOf[Order](), Path: "links",
		Records: http.Field("data"),
		Pages:   http.LinkHeader{},
	}
}

func afterTheLast(api *http.Client) sources.Stream {
	return &http.Stream{
		Client: api, Name: "after_the_last", Schema: sources.SchemaOf[Order](), Path: "keys",
		Records: http.Field("data"),
		Pages:   http.After{Field: "id", Param: "starting_after", More: "has_more"},
	}
}

// byBody asks by POST, with the page in the JSON of the request.
func byBody(api *http.Client) sources.Stream {
	return &http.Stream{
		Client: api, Name: "by_body", Schema: sources.SchemaOf[Order](), Path: "search",
		Body:    map[string]any{"query": "status = open"},
		Records: http.Field("data"),
		Pages:   http.InBody(http.PageNumber{Param: "paging.page", Start: 1, Size: 2}),
	}
}

// feed is a paginator of one's own: the page says by a number how far it reaches.
type feedPages struct{}

// Want names values of the page that Next needs.
func (feedPages) Want() []string { return []string{"up_to", "newest"} }

// Apply prepares the request for the page behind token, which is empty for the first.
func (feedPages) Apply(r *http.Request, token string) {
	if token != "" {
		r.Query.Set("from", token)
	}
}

// Next returns the token of the next page, or nothing behind the last.
func (feedPages) Next(p http.Page) (string, error) {
	if string(p.Values["up_to"]) == string(p.Values["newest"]) {
		return "", nil
	}
	return string(p.Values["up_to"]), nil
}

func feed(api *http.Client) sources.Stream {
	return &http.Stream{
		Client: api, Name: "feed", Schema: sources.SchemaOf[Order](), Path: "feed",
		Records: http.Field("data"),
		Pages:   feedPages{},
	}
}
