package sqltable

import (
	"errors"
	"fmt"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// SQLite is the [Dialect] of SQLite 3.35 and later. It is text only: the program imports a driver.
//
// Columns have types that tell what they hold, such as TIMESTAMPTZ TEXT; to SQLite all of these
// are TEXT. Integers have 64 bits and other numbers are doubles: an integer beyond 64 bits in an
// integer column becomes null, which the row's meta says.
type SQLite struct{}

var _ Dialect = SQLite{}

// Rules implements [Dialect].
func (SQLite) Rules() Rules {
	return Rules{
		MaxName: 255, FoldsCase: true, NoSchemas: true,
		Reserved:         []string{"rowid", "oid", "_rowid_"},
		ReservedPrefixes: []string{"sqlite_"},
		MaxParameters:    2000, // more is slower: the statement no longer fits the caches
		MaxColumns:       2000,
	}
}

// Quote implements [Dialect].
func (SQLite) Quote(name string) string { return quoteDouble(name) }

// quoteDouble quotes as the standard of SQL does.
func quoteDouble(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

var sqliteTypes = map[Kind]string{
	String: "TEXT", Boolean: "BOOLEAN", Integer: "INTEGER", Number: "NUMERIC", Date: "DATE TEXT",
	Timestamp: "TIMESTAMP TEXT", TimestampTZ: "TIMESTAMPTZ TEXT", Time: "TIME TEXT",
	TimeTZ: "TIMETZ TEXT", JSON: "JSON TEXT",
}

// Type implements [Dialect].
func (SQLite) Type(k Kind) string { return sqliteTypes[k] }

// Delete implements [Dialect]. CROSS JOIN keeps the order, so that the table is searched by its
// key.
func (SQLite) Delete(table, other, condition string) []string {
	return []string{"DELETE FROM " + table + " WHERE rowid IN (SELECT t.rowid FROM " + other +
		" AS n CROSS JOIN " + table + " AS t WHERE " + condition + ")"}
}

// Columns implements [Dialect].
func (SQLite) Columns(_, table string) (query string, args []any) {
	return "SELECT name, type FROM pragma_table_info(?) ORDER BY cid", []any{table}
}

// Tables implements [Dialect].
func (SQLite) Tables(string) (query string, args []any) {
	return "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')", nil
}

// Indexes implements [Dialect].
func (SQLite) Indexes(_, table string) (query string, args []any) {
	return "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", []any{table}
}

// Retype implements [Dialect]. SQLite cannot change a column, so another one takes its place.
func (s SQLite) Retype(table, column string, from, to Kind) []string {
	spare := s.Quote(ownPrefix + "retyped")
	return []string{
		"ALTER TABLE " + table + " ADD COLUMN " + spare + " " + s.Type(to),
		"UPDATE " + table + " SET " + spare + " = " + sqliteText(column, from, to),
		"ALTER TABLE " + table + " DROP COLUMN " + column,
		"ALTER TABLE " + table + " RENAME COLUMN " + spare + " TO " + column,
	}
}

// sqliteText returns an expression for the values of a column in a wider one.
func sqliteText(column string, from, to Kind) string {
	text := "CAST(" + column + " AS TEXT)"
	switch {
	case from == Boolean && (to == String || to == JSON):
		return "CASE " + column + " WHEN 0 THEN 'false' WHEN 1 THEN 'true' END"
	case to == String:
		return text
	case to == JSON && (from == Integer || from == Number):
		return text
	case to == JSON:
		return "CASE WHEN " + column + " IS NOT NULL THEN json_quote(" + column + ") END"
	case from == Date && to == Timestamp:
		return column + " || 'T00:00:00.000000'"
	case from == Date && to == TimestampTZ:
		return column + " || 'T00:00:00.000000Z'"
	default:
		return column
	}
}

// sqliteCodes are the result codes that a user can do something about.
var sqliteCodes = map[int]explanation{
	sqliteBusy: {protocol.TransientError, "another program holds a lock on the database for too " +
		"long; close it, or wait until it is done"},
	6: {protocol.TransientError, "a table is locked by another connection; wait until it is done"},
	8: {protocol.ConfigError, "the database cannot be written; " +
		"allow this program to write the file and its folder"},
	10: {protocol.SystemError, "the disk failed to read or write the database file; " +
		"look at the disk and its free space"},
	11: {protocol.ConfigError, "the database file is damaged; restore it from a copy"},
	13: {protocol.TransientError, "the disk is full; make room for the database"},
	14: {protocol.ConfigError, "the database file cannot be opened; " +
		"the folder must exist and this program must be allowed to use both"},
	26: {protocol.ConfigError, "the file is not a SQLite database; choose another path"},
}

// sqliteBusy is the code of a lock that another one holds.
const sqliteBusy = 5

// sqliteCode is the result code of an error, without its detail.
func sqliteCode(err error) (code int, ok bool) {
	var coded interface {
		error
		Code() int
	}
	if !errors.As(err, &coded) {
		return 0, false
	}
	return coded.Code() & 0xff, true
}

// passes implements [impatient]: the switch of a new file to WAL waits for nobody.
func (SQLite) passes(err error) bool {
	code, ok := sqliteCode(err)
	return ok && code == sqliteBusy
}

// Explain implements [Dialect]. It knows errors that have a method Code() int with SQLite's result
// code.
func (SQLite) Explain(err error) error {
	code, ok := sqliteCode(err)
	if !ok {
		return err
	}
	known, ok := sqliteCodes[code]
	if !ok {
		return err
	}
	return known.of(err)
}

// explanation is what to tell of an error of the database.
type explanation struct {
	kind     protocol.FailureType
	sentence string
}

func (e explanation) of(err error) error {
	return &protocol.Error{
		Type: e.kind, Message: e.sentence, Internal: fmt.Sprint(err), Cause: err,
	}
}
