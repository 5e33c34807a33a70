// Command source-acme is an Airbyte source for Acme.
package main

import (
	"context"

	"github.com/airbyte-go/cdk/sources"
)

// Config is what a user fills in. The spec and its validation follow from it; a field that is
// tagged airbyte:"secret" is masked wherever it could show.
type Config struct {
	Journal string `json:"journal" title:"Journal" description:"The file with the events."`
}

func main() { sources.Main(source{}) }

type source struct{}

var _ sources.Source[Config] = source{}

// Streams lists what there is to read; each stream has a file of its own.
func (source) Streams(_ context.Context, cfg Config) ([]sources.Stream, error) {
	return []sources.Stream{events(journal(cfg.Journal))}, nil
}
