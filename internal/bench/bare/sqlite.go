package main

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

// insert makes a table and inserts 50 rows a statement, 50,000 a transaction, with the settings of
// destination-sqlite.
func insert(ctx context.Context, file string, d *decoder) error {
	db, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate&_pragma=journal_mode(WAL)"+
		"&_pragma=synchronous(FULL)&_pragma=temp_store(MEMORY)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, createSQLite(d)); err != nil {
		return err
	}
	for {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		err = insertRows(ctx, tx, d)
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil || ended {
			return err
		}
	}
}

func createSQLite(d *decoder) string {
	types := map[rows.Kind]string{
		rows.Integer: "INTEGER", rows.Number: "NUMERIC", rows.Boolean: "BOOLEAN",
	}
	columns := []string{
		"_airbyte_raw_id TEXT", "_airbyte_extracted_at TEXT",
		"_airbyte_meta TEXT", "_airbyte_generation_id INTEGER",
	}
	for _, c := range d.shape.Columns {
		typ, ok := types[c.Kind]
		if !ok {
			typ = "TEXT"
		}
		columns = append(columns, `"`+c.Name+`" `+typ)
	}
	return "CREATE TABLE records (" + strings.Join(columns, ", ") + ")"
}

// insertRows returns io.EOF when there are no more.
func insertRows(ctx context.Context, tx *sql.Tx, d *decoder) error {
	const together, perTransaction = 50, 50_000
	width := ownColumns + len(d.shape.Columns)
	one := "(" + strings.Repeat(",?", width)[1:] + ")"
	statement := func(n int) string {
		return "INSERT INTO records VALUES " + strings.Repeat(","+one, n)[1:]
	}
	prepared, err := tx.PrepareContext(ctx, statement(together))
	if err != nil {
		return err
	}
	defer func() { _ = prepared.Close() }()
	row := make([]any, width)
	args := make([]any, 0, together*width)
	for range perTransaction {
		err := d.next(row)
		if errors.Is(err, io.EOF) && len(args) > 0 {
			if _, err := tx.ExecContext(ctx, statement(len(args)/width), args...); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		for _, v := range row {
			if at, ok := v.(time.Time); ok {
				v = at.Format(time.RFC3339Nano)
			}
			args = append(args, v)
		}
		if len(args) == cap(args) {
			if _, err := prepared.ExecContext(ctx, args...); err != nil {
				return err
			}
			args = args[:0]
		}
	}
	return nil
}
