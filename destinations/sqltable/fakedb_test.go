package sqltable_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"strings"
	"sync"
)

// fakeDB is a database that forgets everything but the statements it was sent.
type fakeDB struct {
	mu         sync.Mutex
	statements []string
	fail       func(statement string) error // nil: nothing fails
}

func (f *fakeDB) open() *sql.DB { return sql.OpenDB(f) }

// changes are the statements that do not only ask.
func (f *fakeDB) changes() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var changes []string
	for _, s := range f.statements {
		if !strings.HasPrefix(s, "SELECT") {
			changes = append(changes, s)
		}
	}
	return changes
}

func (f *fakeDB) note(statement string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.statements = append(f.statements, strings.Join(strings.Fields(statement), " "))
	if f.fail == nil {
		return nil
	}
	return f.fail(statement)
}

func (f *fakeDB) Connect(context.Context) (driver.Conn, error) { return fakeConn{f}, nil }
func (f *fakeDB) Driver() driver.Driver                        { return nil }

type fakeConn struct{ db *fakeDB }

func (c fakeConn) Prepare(query string) (driver.Stmt, error) {
	return fakeStmt{query: query, db: c.db}, nil
}
func (c fakeConn) Close() error              { return nil }
func (c fakeConn) Begin() (driver.Tx, error) { return c, c.db.note("BEGIN") }
func (c fakeConn) Commit() error             { return c.db.note("COMMIT") }
func (c fakeConn) Rollback() error           { return c.db.note("ROLLBACK") }

type fakeStmt struct {
	query string
	db    *fakeDB
}

func (s fakeStmt) Close() error  { return nil }
func (s fakeStmt) NumInput() int { return -1 }

func (s fakeStmt) Exec([]driver.Value) (driver.Result, error) {
	return driver.RowsAffected(0), s.db.note(s.query)
}

func (s fakeStmt) Query([]driver.Value) (driver.Rows, error) {
	return fakeRows{}, s.db.note(s.query)
}

type fakeRows struct{}

func (fakeRows) Columns() []string         { return []string{"name"} }
func (fakeRows) Close() error              { return nil }
func (fakeRows) Next([]driver.Value) error { return io.EOF }
