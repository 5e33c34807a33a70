package main

import (
	"encoding/json"
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Invoice is a record of the stream invoices. The type only describes the records for discover.
type Invoice struct {
	ID        int64           `json:"id"`
	CreatedAt time.Time       `json:"created_at"`
	Due       string          `json:"due" format:"date"`
	PaidBy    json.RawMessage `json:"paid_by"`
	Total     json.Number     `json:"total"`
}

// invoices reads GET /customers/{customer_id}/invoices.
//
// List the invoices of a customer.
func invoices(api *http.Client, cfg Config) sources.Stream {
	return &http.Stream{
		Client:     api,
		Name:       "invoices",
		Schema:     sources.SchemaOf[Invoice](),
		PrimaryKey: sources.Key("id"),
		Partitions: sources.Parent{Stream: customers(api, cfg), Key: "id", As: "customer_id"},
		Path:       "customers/{customer_id}/invoices",
		Records:    http.Field("invoices"),
		Pages:      http.PageNumber{Param: "page", Start: 1, Pages: "meta.total_pages"},
	}
}
