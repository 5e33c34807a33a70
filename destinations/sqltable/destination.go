package sqltable

import (
	"context"
	"database/sql"
	"errors"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// Destination is a whole [destinations.Destination] whose streams become typed tables of a SQL
// database. Give it to destinations.Main.
type Destination[C any] struct {
	// Connect opens the database that the config names. It need not reach it: the first use does.
	Connect func(ctx context.Context, cfg C) (*Database, error)
}

// SyncModes implements [destinations.ModeLister]: all of them.
func (Destination[C]) SyncModes() []protocol.DestinationSyncMode {
	return []protocol.DestinationSyncMode{
		protocol.DestinationAppend, protocol.DestinationOverwrite, protocol.DestinationAppendDedup,
	}
}

// Check connects, and writes, reads and drops a table in the schema, as a sync would.
func (d Destination[C]) Check(ctx context.Context, cfg C) (err error) {
	db, err := d.Connect(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.DB.Close()) }()
	return db.probe(ctx)
}

// Open implements [destinations.Destination]: it makes all tables ready.
func (d Destination[C]) Open(
	ctx context.Context, cfg C, streams []destinations.Stream,
) (destinations.Loader, error) {
	db, err := d.Connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	err = db.connect(ctx)
	var l *loader
	if err == nil {
		l, err = open(ctx, db, streams)
	}
	if err != nil {
		return nil, errors.Join(err, db.DB.Close())
	}
	return l, nil
}

// probe writes, reads and drops a table of its own.
func (db *Database) probe(ctx context.Context) error {
	if err := db.connect(ctx); err != nil {
		return err
	}
	d := db.Dialect
	schema := db.schemaFor("")
	if err := db.makeSchema(ctx, db.DB, schema); err != nil {
		return err
	}
	name := ownPrefix + "probe_" + string(appendUUID(nil, 0)[uuidLength-12:])
	table := db.quoted(schema, name)
	value := d.Quote("value")
	err := db.within(ctx, func(_ *sql.Conn, tx *sql.Tx) error {
		err := exec(ctx, tx,
			"CREATE TEMPORARY TABLE "+d.Quote(name)+" ("+value+" "+d.Type(String)+")",
			"DROP TABLE "+d.Quote(name),
			"CREATE TABLE "+table+" ("+value+" "+d.Type(String)+")",
			"INSERT INTO "+table+" ("+value+") VALUES ('probe')",
		)
		if err != nil {
			return err
		}
		found, err := db.strings(ctx, tx, "SELECT "+value+" FROM "+table, nil)
		if err == nil && (len(found) != 1 || found[0] != "probe") {
			err = errors.New("what was written there does not come back")
		}
		if err != nil {
			return err
		}
		return exec(ctx, tx, "DROP TABLE "+table)
	})
	return db.explain(err, "writing a table to see whether it works")
}
