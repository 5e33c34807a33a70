package main

import (
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Customer is a record of the stream customers. The type only describes the records for discover:
// reading passes them on as the API wrote them, so a field that is missing here still arrives.
type Customer struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Email     *string   `json:"email"` // some have none
	UpdatedAt time.Time `json:"updated_at"`
}

// customers asks for a month at a time. The API sends the records of a month in the order of
// updated_at, so that a sync that breaks off goes on in the middle of it.
func customers(api *http.Client, cfg Config) sources.Stream {
	return &http.Stream{
		Client:     api,
		Name:       "customers",
		Schema:     sources.SchemaOf[Customer](),
		PrimaryKey: sources.Key("id"),
		Path:       "customers",
		Query:      http.Params{"since": "{from}", "until": "{to}"},
		Records:    http.Field("data"),
		Pages:      http.NextToken{At: "next_cursor", Param: "cursor"},
		Cursor: sources.TimeCursor{
			Field: "updated_at",
			Start: cfg.StartDate,
			Step:  30 * 24 * time.Hour,
			Order: sources.Ascending,
		},
	}
}
