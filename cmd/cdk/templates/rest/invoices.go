package main

import (
	"encoding/json"
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Invoice is a record of the stream invoices.
type Invoice struct {
	ID         int64       `json:"id"`
	CustomerID int64       `json:"customer_id"`
	Total      json.Number `json:"total"` // exact, as it stands in the answer
	CreatedAt  time.Time   `json:"created_at"`
}

// invoices are read customer by customer. Their API cannot filter by time, so Filter does.
func invoices(api *http.Client, cfg Config, customers sources.Stream) sources.Stream {
	return &http.Stream{
		Client:     api,
		Name:       "invoices",
		Schema:     sources.SchemaOf[Invoice](),
		PrimaryKey: sources.Key("id"),
		Partitions: sources.Parent{Stream: customers, Key: "id", As: "customer_id"},
		Path:       "customers/{customer_id}/invoices",
		Records:    http.Field("data"),
		Pages:      http.NextToken{At: "next_cursor", Param: "cursor"},
		Cursor:     sources.TimeCursor{Field: "created_at", Start: cfg.StartDate, Filter: true},
	}
}
