// Command destination-sqlite writes streams into typed tables of a SQLite file:
//
//	destination-sqlite write --config config.json --catalog catalog.json < records.jsonl
//
// The file is in WAL mode, so that others can read it during a sync, and every commit is synced to
// the disk before a state is acknowledged.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/destinations/sqltable"
)

// Config is where the file is.
type Config struct {
	Path        string `json:"path" title:"Path" description:"The file, made where it is missing."`
	LockTimeout int    `json:"lock_timeout_seconds" title:"Lock timeout" default:"60" minimum:"0" description:"Seconds to wait for another program that writes."`
}

func main() { destinations.Main(sqltable.Destination[Config]{Connect: connect}) }

func connect(_ context.Context, cfg Config) (*sqltable.Database, error) {
	if cfg.Path == "" || strings.HasPrefix(cfg.Path, ":memory:") {
		return nil, errors.New("path: name a file; what is in memory ends with the sync")
	}
	file, err := filepath.Abs(cfg.Path)
	if err != nil {
		return nil, err
	}
	// FULL syncs the log at every commit; with NORMAL the last ones could go with the power.
	options := url.Values{"_txlock": {"immediate"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", cfg.LockTimeout*1000),
		"journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)",
	}}
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(file), RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // SQLite has one writer at a time: more of them would only wait
	return &sqltable.Database{DB: db, Dialect: sqltable.SQLite{}}, nil
}
