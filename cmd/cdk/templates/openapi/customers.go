package main

import (
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Customer is a record of the stream customers. The type only describes the records for discover.
type Customer struct {
	ID      int64 `json:"id"`
	Address struct {
		City     string `json:"city"`
		Postcode string `json:"postcode"`
	} `json:"address"`
	Email     *string   `json:"email"`
	Name      string    `json:"name"`
	Tags      []string  `json:"tags"`
	UpdatedAt time.Time `json:"updated_at"`
}

// customers reads GET /customers.
//
// List customers, the latest change last.
func customers(api *http.Client, cfg Config) sources.Stream {
	return &http.Stream{
		Client:     api,
		Name:       "customers",
		Schema:     sources.SchemaOf[Customer](),
		PrimaryKey: sources.Key("id"),
		Path:       "customers",
		Query:      http.Params{"limit": "100", "updated_since": "{from}"},
		Records:    http.Field("data"),
		Pages:      http.NextToken{At: "next_cursor", Param: "cursor"},
		Cursor:     sources.TimeCursor{Field: "updated_at", Start: cfg.StartDate},
	}
}
