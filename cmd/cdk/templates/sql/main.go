// Command destination-acme is an Airbyte destination for Acme.
package main

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/destinations/sqltable"
)

// Config is what a user fills in. The spec and its validation follow from it; a field that is
// tagged airbyte:"secret" is masked wherever it could show.
type Config struct {
	Path string `json:"path" title:"Path" min_length:"1" description:"The SQLite file, made where it is missing."`
}

func main() { destinations.Main(destination) }

// destination writes each stream into a typed table.
var destination = sqltable.Destination[Config]{Connect: connect}

// connect opens the database. Here it is a SQLite file, so that the destination runs at once: put
// your driver, its address and the dialect of your database in its place.
func connect(_ context.Context, cfg Config) (*sqltable.Database, error) {
	file, err := filepath.Abs(cfg.Path)
	if err != nil {
		return nil, err
	}
	// FULL has every commit on the disk before a state is acknowledged.
	options := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(60000)", "journal_mode(WAL)", "synchronous(FULL)",
	}}
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(file), RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // SQLite has one writer at a time
	return &sqltable.Database{DB: db, Dialect: sqltable.SQLite{}}, nil
}
