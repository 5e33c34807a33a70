package sqltable

import (
	"errors"

	"github.com/airbyte-go/cdk/protocol"
)

// Postgres is the [Dialect] of PostgreSQL 12 and later. It is text only: the program imports a
// driver, and makes a [BulkLoader] of it where the driver speaks COPY (see [Postgres.Copy]).
//
// Integers are bigint until the first one comes that has more bits, which makes the column numeric.
type Postgres struct{}

var (
	_ Dialect     = Postgres{}
	_ SchemaMaker = Postgres{}
)

// Rules implements [Dialect]. The reserved names are those of the columns every table has.
func (Postgres) Rules() Rules {
	return Rules{
		MaxName:      63,
		Reserved:     []string{"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"},
		ExactNumbers: true, RefusesNUL: true, ReadsJSON: true,
		NumberedParameters: true, MaxParameters: 10_000, MaxColumns: 1600,
	}
}

// Quote implements [Dialect].
func (Postgres) Quote(name string) string { return quoteDouble(name) }

var postgresTypes = map[Kind]string{
	String: "text", Boolean: "boolean", Integer: "bigint", Number: "numeric", Date: "date",
	Timestamp: "timestamp without time zone", TimestampTZ: "timestamp with time zone",
	Time: "time without time zone", TimeTZ: "time with time zone", JSON: "jsonb",
}

// Type implements [Dialect].
func (Postgres) Type(k Kind) string { return postgresTypes[k] }

// Delete implements [Dialect]. Without statistics of the temporary table the planner would read the
// whole of the other one for each batch; it may only look rows up by their key, until the
// transaction ends.
func (Postgres) Delete(table, other, condition string) []string {
	return []string{
		"SET LOCAL enable_hashjoin = off",
		"SET LOCAL enable_mergejoin = off",
		"SET LOCAL jit = off",
		"DELETE FROM " + table + " AS t USING " + other + " AS n WHERE " + condition,
	}
}

// Columns implements [Dialect].
func (Postgres) Columns(schema, table string) (query string, args []any) {
	return `SELECT a.attname, format_type(a.atttypid, a.atttypmod)
		FROM pg_catalog.pg_attribute a
		JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
			AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY a.attnum`, []any{schema, table}
}

// Tables implements [Dialect]. Indexes and sequences share the names of tables.
func (Postgres) Tables(schema string) (query string, args []any) {
	return `SELECT c.relname FROM pg_catalog.pg_class c
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1`, []any{schema}
}

// Indexes implements [Dialect].
func (Postgres) Indexes(schema, table string) (query string, args []any) {
	return `SELECT indexname FROM pg_catalog.pg_indexes
		WHERE schemaname = $1 AND tablename = $2`, []any{schema, table}
}

// Schemas implements [SchemaMaker].
func (Postgres) Schemas(schema string) (query string, args []any) {
	return `SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = $1`, []any{schema}
}

// Retype implements [Dialect].
func (p Postgres) Retype(table, column string, from, to Kind) []string {
	return []string{
		"ALTER TABLE " + table + " ALTER COLUMN " + column + " TYPE " + p.Type(to) +
			" USING " + postgresText(column, from, to),
	}
}

// postgresText returns an expression for the values of a column in a wider one.
func postgresText(column string, from, to Kind) string {
	text := column + "::text"
	switch from {
	case Timestamp:
		text = "to_char(" + column + `, 'YYYY-MM-DD"T"HH24:MI:SS.US')`
	case TimestampTZ:
		text = "to_char(" + column + ` AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
	default:
	}
	switch {
	case to == String:
		return text
	case to == JSON && (from == Boolean || from == Integer || from == Number):
		return "to_jsonb(" + column + ")"
	case to == JSON:
		return "to_jsonb(" + text + ")"
	case to == TimestampTZ:
		return column + "::timestamp AT TIME ZONE 'UTC'"
	default:
		return column + "::" + postgresTypes[to]
	}
}

const postgresGone = "the connection to the database was lost or refused; the next attempt goes on"

// postgresStates are codes, and classes of codes, that a user can do something about.
var postgresStates = map[string]explanation{
	"08": {protocol.TransientError, postgresGone},
	"28": {protocol.ConfigError, "the database refused the user or the password; " +
		"check both, and pg_hba.conf on the server"},
	"3D000": {protocol.ConfigError, "the database does not exist; create it or choose another"},
	"42501": {protocol.ConfigError, "the user lacks a right; " +
		"grant it CREATE and TEMPORARY on the database, and CREATE and USAGE on the schema, " +
		"and let it own the tables it writes"},
	"25006": {protocol.ConfigError, "the server only reads; connect to the primary"},
	"2BP01": {protocol.ConfigError, "a view or another object depends on the table; " +
		"drop it, sync, and create it again"},
	"0A000": {protocol.ConfigError, "the database cannot change the table; " +
		"a view that uses a column keeps it from getting a wider type: drop the view"},
	"22P05": {protocol.ConfigError, "the database's encoding lacks a character; use one with UTF8"},
	"40":    {protocol.TransientError, "the database rolled the transaction back for another one"},
	"53300": {protocol.TransientError, "the server has no connection left; " +
		"raise max_connections or close others"},
	"53": {protocol.TransientError, "the server ran out of disk or memory; make room"},
	"55P03": {protocol.TransientError, "a table is locked for too long by another session; " +
		"end that session, or wait until it is done"},
	"57014": {protocol.TransientError, "the statement ran longer than statement_timeout allows"},
	"57":    {protocol.TransientError, postgresGone},
	"54": {protocol.SystemError, "a row, an index entry or a table is larger than PostgreSQL " +
		"can hold"},
}

// Explain implements [Dialect]. It knows errors that have a method SQLState() string, as those of
// pgx and lib/pq do.
func (Postgres) Explain(err error) error {
	var stated interface {
		error
		SQLState() string
	}
	if !errors.As(err, &stated) {
		return err
	}
	state := stated.SQLState()
	for _, code := range []string{state, state[:min(2, len(state))]} {
		if known, ok := postgresStates[code]; ok {
			return known.of(err)
		}
	}
	return err
}
