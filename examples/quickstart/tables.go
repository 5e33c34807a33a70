package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/airbyte-go/cdk/destinations/sqltable"
	"github.com/airbyte-go/cdk/protocol"
)

// openTables opens what the destination has written, to read it only. The error is fs.ErrNotExist
// where it has written nothing yet.
func openTables(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	return sql.Open("sqlite", tablesAddress(path, "mode=ro&_pragma=busy_timeout(10000)"))
}

func tablesAddress(path, options string) string {
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: options}
	return address.String()
}

// rows are the numbers of rows in the tables of some streams.
type rows map[protocol.Descriptor]int64

func (r rows) sum() (all int64) {
	for _, n := range r {
		all += n
	}
	return all
}

// countRows counts what is in the tables of the catalog's streams. What is not there has no rows.
func countRows(ctx context.Context, s *store, catalog *protocol.ConfiguredCatalog) (rows, error) {
	db, err := openTables(s.path(tablesFile))
	if errors.Is(err, fs.ErrNotExist) {
		return rows{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	counts := rows{}
	for _, stream := range catalog.Streams {
		id := stream.Stream.Descriptor()
		if counts[id], err = countTable(ctx, db, id.Name); err != nil {
			return nil, fmt.Errorf("the rows of %s cannot be counted: %w", id, err)
		}
	}
	return counts, nil
}

func countTable(ctx context.Context, db *sql.DB, name string) (n int64, err error) {
	const exists = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	err = db.QueryRowContext(ctx, exists, name).Scan(&n)
	if err != nil || n == 0 {
		return 0, err
	}
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM "+sqltable.SQLite{}.Quote(name)).Scan(&n)
	return n, err
}

// query answers a query in SQL from the tables.
func query(ctx context.Context, o options, stdout io.Writer) error {
	path, err := filepath.Abs(filepath.Join(o.dir, tablesFile))
	if err != nil {
		return err
	}
	db, err := openTables(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there are no tables in %s yet: run this without -query first", o.dir)
	}
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	answer, err := db.QueryContext(ctx, o.query)
	if err == nil {
		err = show(stdout, answer)
	}
	if err != nil {
		return fmt.Errorf("the query cannot be answered: %w", err)
	}
	return nil
}

// show writes an answer in columns that stand below each other.
func show(w io.Writer, answer *sql.Rows) error {
	columns, err := answer.Columns()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.Join(columns, "\t"))
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for answer.Next() {
		if err := answer.Scan(places...); err != nil {
			return err
		}
		fmt.Fprintln(table, strings.Join(texts(values), "\t"))
	}
	return errors.Join(answer.Err(), answer.Close(), table.Flush())
}

// texts shows the values of a row.
func texts(values []any) []string {
	shown := make([]string, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case nil:
			shown[i] = "NULL"
		case []byte:
			shown[i] = string(v)
		case time.Time:
			shown[i] = v.Format(time.RFC3339Nano)
		case float64:
			shown[i] = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			shown[i] = fmt.Sprint(v)
		}
	}
	return shown
}
