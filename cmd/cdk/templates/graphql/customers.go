package main

import (
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Customer is a record of the stream customers: what its query asks for.
type Customer struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Email     *string   `json:"email"` // some have none
	UpdatedAt time.Time `json:"updatedAt"`
}

const customersQuery = `
query ($since: DateTime, $until: DateTime, $after: String) {
  customers(updatedAfter: $since, updatedUntil: $until, after: $after) {
    nodes { id name email updatedAt }
    pageInfo { endCursor hasNextPage }
  }
}`

func customers(api *http.Client, cfg Config) sources.Stream {
	schema := sources.SchemaOf[Customer]()
	return connection(api, cfg, "customers", schema, "updatedAt", customersQuery)
}
