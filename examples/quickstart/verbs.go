package main

import (
	"context"
	"fmt"

	"github.com/airbyte-go/cdk/protocol"
)

// introduce runs the short verbs, and returns a catalog that asks for every stream.
func (d *demo) introduce(ctx context.Context) (catalog *protocol.ConfiguredCatalog, err error) {
	err = d.step("spec", func() (string, error) {
		_, err := d.source.ask(ctx, "spec", nil)
		if err == nil {
			_, err = d.target.ask(ctx, "spec", nil)
		}
		return "both say what their configs look like", err
	})
	if err != nil {
		return nil, err
	}
	err = d.step("check", func() (string, error) {
		err := d.source.check(ctx)
		if err == nil {
			err = d.target.check(ctx)
		}
		return "both configs work", err
	})
	if err != nil {
		return nil, err
	}
	err = d.step("discover", func() (string, error) {
		m, err := d.source.ask(ctx, "discover", d.source.config)
		if err != nil {
			return "", err
		}
		catalog = configure(m.Catalog)
		return fmt.Sprintf("the source has %d streams", len(catalog.Streams)), nil
	})
	return catalog, err
}

// configure selects what a connection on Airbyte would: every stream, incrementally, and in its
// table each record once.
func configure(found *protocol.Catalog) *protocol.ConfiguredCatalog {
	catalog := &protocol.ConfiguredCatalog{}
	for _, s := range found.Streams {
		catalog.Streams = append(catalog.Streams, protocol.ConfiguredStream{
			Stream:              s,
			SyncMode:            protocol.SyncIncremental,
			DestinationSyncMode: protocol.DestinationAppendDedup,
			CursorField:         s.DefaultCursorField,
			PrimaryKey:          s.SourceDefinedPrimaryKey,
		})
	}
	return catalog
}
