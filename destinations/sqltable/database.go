package sqltable

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"

	"github.com/airbyte-go/cdk/protocol"
)

// Database is an open database, and what the config says of it.
type Database struct {
	// DB is closed when the write or the check has ended. How many loads run at once is its
	// SetMaxOpenConns to say. A transaction that was committed on it must be durable.
	DB *sql.DB
	// Dialect is how the database spells things.
	Dialect Dialect
	// Schema is where the tables of streams without a namespace go. A database with schemas needs
	// it.
	Schema string
	// SoftDeletes keeps rows whose record says that they were deleted at the source, by the field
	// _ab_cdc_deleted_at. Defaults to removing them, where records are deduplicated.
	SoftDeletes bool
}

// querier is a *sql.DB, *sql.Conn or *sql.Tx.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// explain gives an error of the database a sentence and a type, and says what it hit.
func (db *Database) explain(err error, doing string, args ...any) error {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*protocol.Error](err); ok {
		return known // it says what it hit itself
	}
	doing = fmt.Sprintf(doing, args...)
	explained := db.Dialect.Explain(err)
	if known, ok := errors.AsType[*protocol.Error](explained); ok {
		e := *known
		e.Message = doing + ": " + known.Message
		return &e
	}
	kind := protocol.SystemError
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, net.ErrClosed) || isBadConn(err) {
		kind = protocol.TransientError
	}
	return protocol.Errorf(kind, "%s: %w", doing, err)
}

// strings runs a query for one column of text.
func (db *Database) strings(
	ctx context.Context, q querier, query string, args []any,
) (found []string, err error) {
	err = each(ctx, q, query, args, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		found = append(found, name)
		return err
	})
	return found, err
}

// each runs a query and scans its rows.
func each(
	ctx context.Context, q querier, query string, args []any, scan func(*sql.Rows) error,
) (err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// exec runs statements one after the other.
func exec(ctx context.Context, q querier, statements ...string) error {
	for _, statement := range statements {
		if _, err := q.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// within runs a function in a transaction on a connection of its own.
func (db *Database) within(
	ctx context.Context, do func(conn *sql.Conn, tx *sql.Tx) error,
) (err error) {
	conn, err := db.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() {
		// What a commit made durable stays so, whatever closing says.
		if closing := conn.Close(); err != nil {
			err = errors.Join(err, ignoreDone(closing))
		}
	}()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	// After a commit this does nothing. After a panic it is what lets the connection be closed.
	defer func() { err = errors.Join(err, ignoreDone(tx.Rollback())) }()
	if err := do(conn, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// ignoreDone returns err unless it says that what was to be ended had ended.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) || errors.Is(err, sql.ErrConnDone) || isBadConn(err) {
		return nil
	}
	return err
}

func isBadConn(err error) bool { return errors.Is(err, driver.ErrBadConn) }

// joinClose closes a statement; the error that came first says more.
func joinClose(err error, statement *sql.Stmt) error {
	closing := statement.Close()
	if err != nil {
		return err
	}
	return closing
}
