package main

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

// copyIn makes a table and gives the rows to pgx's CopyFrom, 50,000 at a time.
func copyIn(ctx context.Context, address string, d *decoder) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, createPostgres(d)); err != nil {
		return err
	}
	const together = 50_000
	row := make([]any, ownColumns+len(d.shape.Columns))
	for ended := false; !ended; {
		n := 0
		_, err := conn.CopyFrom(ctx, pgx.Identifier{"records"}, d.names(),
			pgx.CopyFromFunc(func() ([]any, error) {
				if n++; n > together {
					return nil, nil
				}
				err := d.next(row)
				if ended = errors.Is(err, io.EOF); ended {
					return nil, nil
				}
				return row, err
			}))
		if err != nil {
			return err
		}
	}
	return nil
}

func createPostgres(d *decoder) string {
	types := map[rows.Kind]string{
		rows.Integer: "bigint", rows.Number: "numeric", rows.Boolean: "boolean",
		rows.Moment: "timestamptz",
	}
	columns := []string{
		"_airbyte_raw_id text", "_airbyte_extracted_at timestamptz",
		"_airbyte_meta jsonb", "_airbyte_generation_id bigint",
	}
	for _, c := range d.shape.Columns {
		typ, ok := types[c.Kind]
		if !ok {
			typ = "text"
		}
		columns = append(columns, `"`+c.Name+`" `+typ)
	}
	return "DROP TABLE IF EXISTS records; CREATE TABLE records (" +
		strings.Join(columns, ", ") + ")"
}
