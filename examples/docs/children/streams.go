// Package children holds the code of docs/children.md.
package children

import (
	"context"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Post is a record of the parent.
type Post struct {
	ID    int64  `json:"id"`
	Title string `json:"title"`
}

// Comment is a record of the child.
type Comment struct {
	ID        int64  `json:"id"`
	PostID    int64  `json:"post_id"`
	Title     string `json:"title"`
	CreatedAt string `json:"created_at" format:"date-time"`
}

// Price is a price in a region.
type Price struct {
	Region string `json:"region"`
	Amount int64  `json:"amount"`
}

type source struct{}

var _ sources.Source[struct{}] = source{}

func (source) Streams(context.Context, struct{}) ([]sources.Stream, error) {
	api := http.NewClient("https://api.example.com/v1/")
	posts := posts(api)
	return []sources.Stream{posts, comments(api, posts), prices(api)}, nil
}

func posts(api *http.Client) sources.Stream {
	return &http.Stream{
		Client: api, Name: "posts", Schema: sources.SchemaOf[Post](),
		PrimaryKey: sources.Key("id"),
		Path:       "posts",
	}
}

func comments(api *http.Client, posts sources.Stream) sources.Stream {
	return &http.Stream{
		Client: api, Name: "comments", Schema: sources.SchemaOf[Comment](),
		PrimaryKey: sources.Key("id"),
		Partitions: sources.Parent{
			Stream: posts, Key: "id", As: "post_id", Fields: []string{"title"},
		},
		Inherit: []string{"post_id", "title"}, // each comment gets both as fields
		Path:    "posts/{post_id}/comments",
		Cursor:  sources.TimeCursor{Field: "created_at", Filter: true},
	}
}

// prices are asked for once for each region and currency.
func prices(api *http.Client) sources.Stream {
	return &http.Stream{
		Client: api, Name: "prices", Schema: sources.SchemaOf[Price](),
		Partitions: sources.Product(
			sources.List("region", "eu", "us"),
			sources.List("currency", "EUR", "USD"),
		),
		Inherit: []string{"region", "currency"},
		Path:    "prices",
		Query:   http.Params{"region": "{region}", "currency": "{currency}"},
	}
}
