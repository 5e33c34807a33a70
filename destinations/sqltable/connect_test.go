package sqltable

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refusal is an error of SQLite.
type refusal int

func (r refusal) Error() string { return "SQLite refuses" }
func (r refusal) Code() int     { return int(r) }

// refusing is a database that refuses the first connections.
type refusing struct {
	code  int
	times int
	asked int
}

func (r *refusing) Connect(context.Context) (driver.Conn, error) {
	if r.asked++; r.asked > r.times {
		return idle{}, nil
	}
	return nil, refusal(r.code)
}

func (*refusing) Driver() driver.Driver { return nil }

// idle is a connection that nothing is asked of.
type idle struct{}

func (idle) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (idle) Close() error                        { return nil }
func (idle) Begin() (driver.Tx, error)           { return nil, errors.ErrUnsupported }

// The first connection to a new SQLite file switches it to WAL. While another process does that or
// writes, SQLite refuses at once, in spite of its timeout.
func TestConnectWaits(t *testing.T) {
	t.Parallel()
	const busy, cannotOpen, always = 5, 14, 1 << 30
	for name, test := range map[string]struct {
		code, times, asked int
		took               time.Duration
		says               string
	}{
		"free":        {busy, 0, 1, 0, ""},
		"busy":        {busy, 3, 4, 3 * connectPause, ""},
		"busy detail": {busy | 2<<8, 3, 4, 3 * connectPause, ""},
		"held":        {busy, always, 501, connectPatience, "connecting to the database: another"},
		"not there":   {cannotOpen, always, 1, 0, "the database file cannot be opened"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := &refusing{code: test.code, times: test.times}
				db := &Database{DB: sql.OpenDB(fake), Dialect: SQLite{}}
				defer db.DB.Close()
				begun := time.Now()
				err := db.connect(t.Context())
				if test.says == "" {
					require.NoError(t, err)
				} else {
					require.ErrorContains(t, err, test.says)
				}
				assert.Equal(t, test.took, time.Since(begun))
				assert.Equal(t, test.asked, fake.asked)
			})
		})
	}
}

func TestConnectIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		db := &Database{DB: sql.OpenDB(&refusing{5, 1 << 30, 0}), Dialect: SQLite{}}
		defer db.DB.Close()
		require.ErrorIs(t, db.connect(ctx), context.DeadlineExceeded)
	})
}
