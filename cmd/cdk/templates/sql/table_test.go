package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/protocol"
)

// tests are what the kit must know of the destination to judge it.
func tests(cfg Config) cdktest.DestinationTests {
	return cdktest.DestinationTests{
		Config: cfg,
		Rows: func(ctx context.Context, s protocol.Descriptor) ([]json.RawMessage, error) {
			return readTable(ctx, cfg, s)
		},
		Skip: map[string]string{
			"rejected_records": "a value that does not fit its column is null, so every record " +
				"has a row",
		},
	}
}

// readTable is what readers of the database see of a stream.
func readTable(
	ctx context.Context, cfg Config, s protocol.Descriptor,
) ([]json.RawMessage, error) {
	db, err := connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer db.DB.Close()
	table := s.Name
	if s.Namespace != "" {
		table = s.Namespace + "_" + s.Name // SQLite has no schemas
	}
	there := 0
	row := db.DB.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE name = ?", table)
	if err := row.Scan(&there); err != nil || there == 0 {
		return nil, err
	}
	rows, err := db.DB.QueryContext(ctx, "SELECT * FROM "+db.Dialect.Quote(table))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return readRows(rows)
}

// readRows makes an object of each row.
func readRows(rows *sql.Rows) (found []json.RawMessage, err error) {
	columns, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, c := range columns {
			row[c.Name()] = values[i]
			text, isText := values[i].(string)
			if isText && strings.HasPrefix(c.DatabaseTypeName(), "JSON") {
				row[c.Name()] = json.RawMessage(text)
			}
		}
		text, err := json.Marshal(row)
		if err != nil {
			return nil, err
		}
		found = append(found, text)
	}
	return found, rows.Err()
}
