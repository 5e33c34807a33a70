package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/airbyte-go/cdk/protocol"
)

// introduce runs the short verbs, and returns a catalog that asks for every stream.
func (d *demo) introduce(ctx context.Context) (catalog *protocol.ConfiguredCatalog, err error) {
	err = d.step("spec", func() (string, error) {
		_, err := d.source.ask(ctx, protocol.MessageSpec, "spec")
		if err == nil {
			_, err = d.target.ask(ctx, protocol.MessageSpec, "spec")
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
		m, err := d.source.ask(
			ctx, protocol.MessageCatalog, "discover", "--config", d.source.config)
		if err != nil {
			return "", err
		}
		catalog = configure(m.Catalog)
		return fmt.Sprintf("the source has %d streams", len(catalog.Streams)), nil
	})
	return catalog, err
}

func (c *connector) check(ctx context.Context) error {
	m, err := c.ask(ctx, protocol.MessageConnectionStatus, "check", "--config", c.config)
	if err == nil && m.ConnectionStatus.Status != protocol.ConnectionSucceeded {
		err = errors.New(m.ConnectionStatus.Message)
	}
	return err
}

// configure selects what a connection on Airbyte would: every stream, incrementally, and in its
// table each record once.
//
// The catalog holds generation ids, although the platform gives a connector of your own none. With
// them it also tells the destination when the source has succeeded, so that a run which was broken
// off never looks like one that came to its end. No stream is ever replaced: the numbers stay 0.
func configure(found *protocol.Catalog) *protocol.ConfiguredCatalog {
	catalog := &protocol.ConfiguredCatalog{}
	for _, s := range found.Streams {
		catalog.Streams = append(catalog.Streams, protocol.ConfiguredStream{
			Stream:              s,
			SyncMode:            protocol.SyncIncremental,
			DestinationSyncMode: protocol.DestinationAppendDedup,
			CursorField:         s.DefaultCursorField,
			PrimaryKey:          s.SourceDefinedPrimaryKey,
			GenerationID:        new(int64),
			MinimumGenerationID: new(int64),
			SyncID:              new(int64),
		})
	}
	return catalog
}
