package sqltable

import (
	"context"
	"fmt"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// loader implements [destinations.Loader].
type loader struct {
	db     *Database
	tables map[protocol.Descriptor]*table // not changed after open
}

// open makes the tables of all streams ready.
func open(
	ctx context.Context, db *Database, streams []destinations.Stream,
) (*loader, error) {
	tables, err := db.resolve(ctx, db.DB, streams)
	if err != nil {
		return nil, err
	}
	l := &loader{db: db, tables: map[protocol.Descriptor]*table{}}
	for _, t := range tables {
		if err := t.prepare(ctx); err != nil {
			return nil, err
		}
		l.tables[t.stream.Descriptor] = t
	}
	return l, nil
}

// Load implements [destinations.Loader].
func (l *loader) Load(ctx context.Context, b *destinations.Batch) error {
	return l.tables[b.Stream.Descriptor].load(ctx, b)
}

// Finish implements [destinations.Loader].
func (l *loader) Finish(ctx context.Context, s destinations.Stream) error {
	return l.tables[s.Descriptor].finish(ctx)
}

// Close implements [destinations.Loader].
func (l *loader) Close() error {
	if err := l.db.DB.Close(); err != nil {
		return fmt.Errorf("closing the database: %w", err)
	}
	return nil
}
