// Command destination-postgres writes streams into typed tables of a PostgreSQL database:
//
//	destination-postgres write --config config.json --catalog catalog.json < records.jsonl
package main

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/destinations/sqltable"
)

func main() { destinations.Main(sqltable.Destination[Config]{Connect: connect}) }

func connect(_ context.Context, cfg Config) (*sqltable.Database, error) {
	c, err := cfg.connection()
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*c)
	db.SetMaxOpenConns(8)
	return &sqltable.Database{
		DB: db, Dialect: postgres{}, Schema: cfg.Schema,
		SoftDeletes: cfg.CDCDeletes == "Soft delete",
	}, nil
}

// postgres is the dialect together with the driver's COPY.
type postgres struct{ sqltable.Postgres }

var _ sqltable.BulkLoader = postgres{}

// BulkLoad implements [sqltable.BulkLoader].
func (p postgres) BulkLoad(
	ctx context.Context, c *sql.Conn, table string, columns []sqltable.Column,
	rows iter.Seq[[]sqltable.Value],
) error {
	statement, data := p.Copy(table, columns, rows)
	defer data.Close()
	return c.Raw(func(driver any) error {
		conn, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("the connection is a %T and not pgx's", driver)
		}
		_, err := conn.Conn().PgConn().CopyFrom(ctx, data, statement)
		return err
	})
}
