package sqltable_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/destinations/sqltable"
)

type Config struct {
	Schema string `json:"schema" default:"public"`
}

// A destination is a function that opens the database. Here it is a fake that shows what it is
// asked for.
func ExampleDestination() {
	db := &fakeDB{}
	d := sqltable.Destination[Config]{
		Connect: func(_ context.Context, cfg Config) (*sqltable.Database, error) {
			return &sqltable.Database{
				DB: db.open(), Dialect: sqltable.Postgres{}, Schema: cfg.Schema,
			}, nil
		},
	}
	code := write(d, `{"streams": [{
		"stream": {"name": "users", "json_schema": {"properties": {
			"id": {"type": "integer"}, "born": {"type": "string", "format": "date"}}},
			"supported_sync_modes": ["full_refresh"]},
		"sync_mode": "full_refresh", "destination_sync_mode": "append"}]}`,
		`{"type": "RECORD", "record": {"stream": "users", "emitted_at": 1704067200000,
			"data": {"id": 1, "born": "1815-12-10"}}}`)
	fmt.Println("exit code", code)
	for _, statement := range db.changes() {
		fmt.Println(strings.ReplaceAll(statement, ", ", ",\n  "))
	}
	// Output:
	// exit code 0
	// CREATE SCHEMA IF NOT EXISTS "public"
	// BEGIN
	// CREATE TABLE "public"."users" ("_airbyte_raw_id" text NOT NULL,
	//   "_airbyte_extracted_at" timestamp with time zone NOT NULL,
	//   "_airbyte_meta" jsonb NOT NULL,
	//   "_airbyte_generation_id" bigint NOT NULL,
	//   "id" bigint,
	//   "born" date)
	// COMMIT
	// BEGIN
	// INSERT INTO "public"."users" ("_airbyte_raw_id",
	//   "_airbyte_extracted_at",
	//   "_airbyte_meta",
	//   "_airbyte_generation_id",
	//   "id",
	//   "born") VALUES ($1,$2,$3,$4,$5,$6)
	// COMMIT
}

// write runs a destination as Main does.
func write[C any](d destinations.Destination[C], catalog string, lines ...string) int {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		return -1
	}
	defer os.RemoveAll(dir)
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		_ = os.WriteFile(path, []byte(text), 0o600)
		return path
	}
	var in strings.Builder
	for _, line := range lines {
		in.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
	}
	return destinations.Run(context.Background(), d, destinations.Process{
		Args: []string{
			"write", "--config", file("config.json", "{}"),
			"--catalog", file("catalog.json", catalog),
		},
		In: strings.NewReader(in.String()), Out: io.Discard,
	})
}

// redshift shows how a relative of PostgreSQL says where it differs.
type redshift struct{ sqltable.Postgres }

func (r redshift) Rules() sqltable.Rules {
	rules := r.Postgres.Rules()
	rules.MaxName = 127
	rules.FoldsCase = true
	return rules
}

// A dialect embeds the one that is nearest and says what is different.
func ExampleDialect() {
	var d sqltable.Dialect = redshift{}
	fmt.Println(d.Rules().MaxName, d.Type(sqltable.TimestampTZ), d.Quote(`the "id"`))
	// Output: 127 timestamp with time zone "the ""id"""
}

// Copy is for the BulkLoader of a driver that sends a reader.
func ExamplePostgres_Copy() {
	columns := []sqltable.Column{
		{Name: "id", Kind: sqltable.Integer}, {Name: "born", Kind: sqltable.Date},
	}
	var rows iter.Seq[[]sqltable.Value] = func(yield func([]sqltable.Value) bool) {
		yield([]sqltable.Value{{}, {}})
	}
	statement, data := sqltable.Postgres{}.Copy(`"public"."users"`, columns, rows)
	defer data.Close()
	fmt.Println(statement)
	binary, err := io.ReadAll(data)
	fmt.Println(len(binary), "bytes", err)
	// Output:
	// COPY "public"."users" ("id", "born") FROM STDIN BINARY
	// 31 bytes <nil>
}
