// Command source-rest is a source for a REST API: the shop that examples/quickstart serves.
package main

import (
	"context"
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Config is what a user fills in. The spec, its validation and the masking of the key follow from
// it.
type Config struct {
	APIKey    string    `json:"api_key" title:"API key" airbyte:"secret"`
	StartDate time.Time `json:"start_date,omitzero" title:"Replicate from"`
	BaseURL   string    `json:"base_url" title:"API URL" default:"http://127.0.0.1:8080/v1/"`
}

func main() { sources.Main(source{}) }

type source struct{}

var _ sources.Source[Config] = source{}

// Streams describes what there is to read. The record types are in record.go.
func (source) Streams(_ context.Context, cfg Config) ([]sources.Stream, error) {
	api := http.NewClient(cfg.BaseURL, http.Bearer(cfg.APIKey), http.Limit(100, time.Second))
	collection := func(name string, schema sources.Schema) sources.Stream {
		return &http.Stream{
			Client:     api,
			Name:       name,
			Schema:     schema,
			PrimaryKey: sources.Key("id"),
			Path:       name,
			Query:      http.Params{"since": "{from}", "until": "{to}"},
			Records:    http.Field("data"),
			Pages:      http.NextToken{At: "meta.next_cursor", Param: "cursor"},
			Cursor: sources.TimeCursor{
				Field: "updated_at",
				Start: cfg.StartDate,
				Step:  30 * 24 * time.Hour,
				Order: sources.Ascending,
			},
		}
	}
	return []sources.Stream{
		collection("customers", sources.SchemaOf[Customer]()),
		collection("orders", sources.SchemaOf[Order]()),
		collection("products", sources.SchemaOf[Product]()),
	}, nil
}
