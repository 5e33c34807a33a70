// Package incremental holds the code of docs/incremental.md.
package incremental

import (
	"context"
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Config says where the first sync begins.
type Config struct {
	StartDate time.Time `json:"start_date,omitzero" title:"Replicate from" format:"date"`
}

// Order is a record of the first streams.
type Order struct {
	ID        int64     `json:"id"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Sales is a day's report.
type Sales struct {
	Date  string `json:"date" format:"date"`
	Total int64  `json:"total"`
}

type source struct{}

var _ sources.Source[Config] = source{}

func (source) Streams(_ context.Context, cfg Config) ([]sources.Stream, error) {
	api := http.NewClient("https://api.example.com/v1/")
	return []sources.Stream{
		orders(api, cfg), visits(api), events(api), sales(api, cfg), changes(api),
	}, nil
}

// orders asks for a month at a time; the API sends each in the order of updated_at.
func orders(api *http.Client, cfg Config) sources.Stream {
	return &http.Stream{
		Client: api, Name: "orders", Schema: sources.SchemaOf[Order](),
		PrimaryKey: sources.Key("id"),
		Path:       "orders",
		Query:      http.Params{"since": "{from}", "until": "{to}"},
		Cursor: sources.TimeCursor{
			Field: "updated_at",
			Start: cfg.StartDate,
			Step:  30 * 24 * time.Hour,
			Order: sources.Ascending,
		},
	}
}

// visits are from an API that cannot filter: the engine drops what is known already.
func visits(api *http.Client) sources.Stream {
	return &http.Stream{
		Client: api, Name: "visits", Schema: sources.SchemaOf[Order](), Path: "visits",
		Cursor: sources.TimeCursor{Field: "updated_at", Filter: true},
	}
}

// events are numbered.
func events(api *http.Client) sources.Stream {
	return &http.Stream{
		Client: api, Name: "events", Schema: sources.SchemaOf[Order](), Path: "events",
		Query:  http.Params{"after_id": "{from}"},
		Cursor: sources.IntCursor{Field: "id", Order: sources.Ascending},
	}
}

// sales are reports of whole days in New York. Both bounds of the API are inclusive, and the
// numbers of a day may still change for three days.
func sales(api *http.Client, cfg Config) sources.Stream {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err) // the zone data belong to the program
	}
	return &http.Stream{
		Client: api, Name: "sales", Schema: sources.SchemaOf[Sales](),
		PrimaryKey: sources.Key("date"),
		Path:       "reports/sales",
		Query:      http.Params{"first_day": "{from}", "last_day": "{to}"},
		Cursor: sources.TimeCursor{
			Field:       "date",
			Start:       cfg.StartDate,
			Formats:     []string{time.DateOnly},
			Zone:        newYork,
			Clamp:       sources.Days,
			Step:        7 * 24 * time.Hour,
			Granularity: 24 * time.Hour,
			Lookback:    3 * 24 * time.Hour,
		},
	}
}

// changes hands out a token with the last page, for the next sync.
func changes(api *http.Client) sources.Stream {
	return &http.Stream{
		Client: api, Name: "changes", Schema: sources.SchemaOf[Order](), Path: "changes",
		Records:       http.Field("items"),
		Pages:         http.NextToken{At: "next_page", Param: "page"},
		Bookmark:      "sync_token",
		BookmarkParam: "sync_token",
		Cursor:        sources.TokenCursor{},
	}
}
