package sqltable

import (
	"context"
	"time"
)

// Bounds of the wait for a database that is being made.
const (
	connectPatience = 10 * time.Second
	connectPause    = 20 * time.Millisecond
)

// impatient is a dialect with errors of a new connection that pass by themselves, and for which the
// database does not wait whatever its own timeout is.
type impatient interface{ passes(err error) bool }

// connect makes the first connection.
func (db *Database) connect(ctx context.Context) error {
	err := db.DB.PingContext(ctx)
	if dialect, ok := db.Dialect.(impatient); ok {
		begun := time.Now()
		for err != nil && dialect.passes(err) && time.Since(begun) < connectPatience {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(connectPause):
			}
			err = db.DB.PingContext(ctx)
		}
	}
	return db.explain(err, "connecting to the database")
}
