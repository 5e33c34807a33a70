// Command source-acme is an Airbyte source for Acme.
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
	BaseURL   string    `json:"base_url" title:"API URL" default:"https://api.example.com/v1/"`
}

func main() { sources.Main(source{}) }

type source struct{}

var _ sources.Source[Config] = source{}

// Streams lists what there is to read; each stream has a file of its own.
func (source) Streams(_ context.Context, cfg Config) ([]sources.Stream, error) {
	api := http.NewClient(cfg.BaseURL, http.Bearer(cfg.APIKey), http.Limit(10, time.Second))
	customers := customers(api, cfg)
	return []sources.Stream{customers, invoices(api, cfg, customers)}, nil
}
