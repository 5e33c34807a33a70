// Command source-goproxy reads what a Go module proxy knows of modules: a source for an API that
// every Go programmer can reach. "go help goproxy" describes that API.
package main

import (
	"context"

	"github.com/airbyte-go/cdk/sources"
)

// Config is what a user fills in.
type Config struct {
	Modules  []string `json:"modules" title:"Modules" description:"Paths of the modules to read." examples:"golang.org/x/mod" min_items:"1"`
	ProxyURL string   `json:"proxy_url,omitempty" title:"Proxy URL" description:"The module proxy to ask. Defaults to the first URL of GOPROXY, as the go command has it."`
}

func main() { sources.Main(source{}) }

type source struct{}

var (
	_ sources.Source[Config]  = source{}
	_ sources.Checker[Config] = source{}
)

// Streams describes what there is to read.
func (source) Streams(ctx context.Context, cfg Config) ([]sources.Stream, error) {
	p, err := newProxy(ctx, cfg)
	if err != nil {
		return nil, err
	}
	versions := p.versionsStream()
	latest := &sources.StreamOf[Latest]{
		Name:       "latest",
		PrimaryKey: sources.Key("module"),
		Read:       p.latest,
	}
	return []sources.Stream{latest, versions, p.modFilesStream(versions)}, nil
}

// Check asks for every module, because the usual mistake is a misspelt path: the default check,
// which reads one record, would not look further than the first.
func (source) Check(ctx context.Context, cfg Config) error {
	p, err := newProxy(ctx, cfg)
	if err != nil {
		return err
	}
	for _, err := range p.latest(ctx, sources.Slice{}) {
		if err != nil {
			return err
		}
	}
	return nil
}
