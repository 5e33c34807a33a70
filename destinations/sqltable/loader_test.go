package sqltable_test

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/destinations/sqltable"
)

const oneStream = `{"streams": [{
	"stream": {"name": "users", "json_schema": {"properties": {"id": {"type": "integer"}}},
		"supported_sync_modes": ["full_refresh"]},
	"sync_mode": "full_refresh", "destination_sync_mode": "append"}]}`

const oneRecord = `{"type": "RECORD", "record": {"stream": "users", "emitted_at": 1,
	"data": {"id": 1}}}`

// bulk loads by a function.
type bulk struct {
	sqltable.Postgres
	load func() error
}

func (b bulk) BulkLoad(
	context.Context, *sql.Conn, string, []sqltable.Column, iter.Seq[[]sqltable.Value],
) error {
	return b.load()
}

// A load that fails or panics is rolled back, and the write ends.
func TestLoadFails(t *testing.T) {
	t.Parallel()
	for name, load := range map[string]func() error{
		"error": func() error { return errors.New("no") },
		"panic": func() error { panic("no") },
	} {
		db := &fakeDB{}
		d := sqltable.Destination[Config]{
			Connect: func(context.Context, Config) (*sqltable.Database, error) {
				dialect := bulk{load: load}
				return &sqltable.Database{DB: db.open(), Dialect: dialect, Schema: "public"}, nil
			},
		}
		assert.Equal(t, 1, write(d, oneStream, oneRecord), name)
		changes := db.changes()
		assert.Equal(t, "ROLLBACK", changes[len(changes)-1], name)
	}
}
