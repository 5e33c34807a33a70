// Package sqlite is the destination that the command brings along: typed tables in a SQLite file,
// as examples/destination-sqlite writes them. The command runs it as a process of its own.
package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/destinations/sqltable"
)

// Verb is the verb of the command that runs the destination, with its own verb and flags behind it.
const Verb = "destination-sqlite"

// fileConfig is where the tables are.
type fileConfig struct {
	Path string `json:"path" title:"Path" description:"The file, made where it is missing."`
}

// Config is the config of the destination for a file.
func Config(path string) []byte {
	text, err := json.Marshal(fileConfig{path})
	if err != nil { // a string can be written
		panic(err)
	}
	return text
}

// Main is the whole process: it answers the verb in args and exits.
func Main(args []string) {
	os.Args = append([]string{Verb}, args...)
	destinations.Main(sqltable.Destination[fileConfig]{Connect: connect})
}

func connect(_ context.Context, cfg fileConfig) (*sqltable.Database, error) {
	if cfg.Path == "" {
		return nil, errors.New("path: name a file")
	}
	// In WAL mode others can read during a sync. FULL syncs the log at every commit; with NORMAL
	// the last ones could go with the power. A minute is for another program that writes.
	options := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(60000)", "journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)",
	}}
	address := url.URL{
		Scheme: "file", Path: filepath.ToSlash(cfg.Path), RawQuery: options.Encode(),
	}
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // SQLite has one writer at a time: more of them would only wait
	return &sqltable.Database{DB: db, Dialect: sqltable.SQLite{}}, nil
}
