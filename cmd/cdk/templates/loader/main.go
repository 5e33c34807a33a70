// Command destination-acme is an Airbyte destination for Acme.
package main

import (
	"context"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// Config is what a user fills in. The spec and its validation follow from it; a field that is
// tagged airbyte:"secret" is masked wherever it could show.
type Config struct {
	Folder string `json:"folder" title:"Folder" min_length:"1" description:"Gets a folder for each stream."`
}

func main() { destinations.Main(destination{}) }

type destination struct{}

var _ destinations.Destination[Config] = destination{}

// Check returns nil where the config can be written with, and otherwise what is wrong with it.
func (destination) Check(_ context.Context, cfg Config) error { return folder(cfg.Folder).try() }

// Open prepares what the streams need, before anything is read.
func (destination) Open(
	_ context.Context, cfg Config, streams []destinations.Stream,
) (destinations.Loader, error) {
	l := loader{}
	for _, s := range streams {
		f, err := folder(cfg.Folder).of(s.Descriptor)
		if err != nil {
			return nil, protocol.Errorf(protocol.ConfigError,
				"The folder of stream %s cannot be used: %w.", s, err)
		}
		l[s.Descriptor] = f
	}
	return l, nil
}
