package main

import (
	"encoding/json"
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Invoice is a record of the stream invoices.
type Invoice struct {
	ID        string      `json:"id"`
	Customer  Reference   `json:"customer"`
	Total     json.Number `json:"total"` // exact, as it stands in the answer
	CreatedAt time.Time   `json:"createdAt"`
}

// Reference names a record of another stream.
type Reference struct {
	ID string `json:"id"`
}

const invoicesQuery = `
query ($since: DateTime, $until: DateTime, $after: String) {
  invoices(createdAfter: $since, createdUntil: $until, after: $after) {
    nodes { id customer { id } total createdAt }
    pageInfo { endCursor hasNextPage }
  }
}`

func invoices(api *http.Client, cfg Config) sources.Stream {
	schema := sources.SchemaOf[Invoice]()
	return connection(api, cfg, "invoices", schema, "createdAt", invoicesQuery)
}
