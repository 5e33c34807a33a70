package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// introduce runs the short verbs, and returns a catalog that asks for every stream, incrementally.
func (d *demo) introduce(ctx context.Context) (catalog *protocol.ConfiguredCatalog, err error) {
	err = d.step("spec", func() (string, error) {
		_, err := d.source.ask(ctx, protocol.MessageSpec, "spec")
		return "the source says what its config looks like", err
	})
	if err != nil {
		return nil, err
	}
	if err := d.step("check", func() (string, error) { return d.check(ctx) }); err != nil {
		return nil, err
	}
	err = d.step("discover", func() (string, error) {
		m, err := d.source.ask(ctx, protocol.MessageCatalog, "discover", "--config", d.config)
		if err != nil {
			return "", err
		}
		catalog = configure(m.Catalog)
		return fmt.Sprintf("the source has %d streams", len(catalog.Streams)), nil
	})
	return catalog, err
}

func (d *demo) check(ctx context.Context) (string, error) {
	m, err := d.source.ask(ctx, protocol.MessageConnectionStatus, "check", "--config", d.config)
	if err != nil {
		return "", err
	}
	if m.ConnectionStatus.Status != protocol.ConnectionSucceeded {
		return "", errors.New(m.ConnectionStatus.Message)
	}
	return "the config works", nil
}

// configure selects what a connection on Airbyte would.
func configure(found *protocol.Catalog) *protocol.ConfiguredCatalog {
	catalog := &protocol.ConfiguredCatalog{}
	for _, s := range found.Streams {
		catalog.Streams = append(catalog.Streams, protocol.ConfiguredStream{
			Stream:              s,
			SyncMode:            protocol.SyncIncremental,
			DestinationSyncMode: protocol.DestinationAppend,
			CursorField:         s.DefaultCursorField,
			PrimaryKey:          s.SourceDefinedPrimaryKey,
		})
	}
	return catalog
}

// read runs the one verb that takes its time, from where the last run ended.
func (d *demo) read(
	ctx context.Context, catalog *protocol.ConfiguredCatalog,
) (s summary, err error) {
	path, err := d.store.save("catalog.json", catalog)
	if err != nil {
		return s, err
	}
	args := []string{"read", "--config", d.config, "--catalog", path}
	if len(d.store.states) > 0 {
		args = append(args, "--state", d.store.path("state.json"))
	}
	counts := newTally(catalog, d.store.stored)
	stop := newProgress(d.stderr, counts).start()
	err = d.source.run(ctx, func(m *protocol.Message) error { return d.take(m, counts) }, args...)
	stop()
	if err != nil {
		return s, err
	}
	s = summary{took: time.Since(counts.begun), shop: d.shop.Stats(), dir: d.dir}
	s.streams, s.sum = counts.result()
	done := plural(s.sum.records, "record") + " in " + plural(int64(len(s.streams)), "stream")
	fmt.Fprintf(d.stderr, stepLine, "read", done, s.took.Milliseconds())
	return s, nil
}

// take stores what the source writes.
func (d *demo) take(m *protocol.Message, counts *tally) (err error) {
	switch {
	case m.Record != nil:
		err = d.store.addRecord(m.Record)
	case m.State != nil:
		err = d.store.addState(m.State)
	}
	counts.add(m)
	return err
}
