// Command source-acme is an Airbyte source for Acme.
package main

import (
	"context"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Config is what a user fills in. The spec, its validation and the masking
// of secrets follow from it.
type Config struct {
	AccessToken string    `json:"access_token" title:"Access token" airbyte:"secret"`
	Region      string    `json:"region" title:"Region" description:"Where the account is kept." default:"eu" enum:"[\"eu\",\"us\"]"`
	Shop        string    `json:"shop,omitempty" title:"Shop" description:"The name of the shop. Needed for visits."`
	StartDate   time.Time `json:"start_date,omitzero" title:"Replicate from"`
	BaseURL     string    `json:"base_url" title:"API URL" default:"https://{region}.api.example.com/v1"`
}

func main() { sources.Main(source{}) }

type source struct{}

var _ sources.Source[Config] = source{}

// Streams lists what there is to read; each stream has a file of its own.
func (source) Streams(_ context.Context, cfg Config) ([]sources.Stream, error) {
	api := newClient(cfg)
	streams := []sources.Stream{
		customers(api, cfg),
		invoices(api, cfg),
		settings(api, cfg),
	}
	if cfg.Shop != "" {
		streams = append(streams,
			visits(api, cfg),
		)
	}
	return streams, nil
}

// newClient returns the client of the API.
func newClient(cfg Config) *http.Client {
	base := strings.NewReplacer("{region}", cfg.Region).Replace(cfg.BaseURL)
	return http.NewClient(base, http.Bearer(cfg.AccessToken))
}
