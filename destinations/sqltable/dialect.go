package sqltable

import (
	"context"
	"database/sql"
	"iter"
	"strconv"
	"strings"
)

// Rules are what a database is like. The zero value is that of a database which takes names of 63
// bytes, tells upper from lower case, and has schemas.
type Rules struct {
	// MaxName is how many bytes an identifier may have. Defaults to 63.
	MaxName int
	// FoldsCase says that identifiers which differ in case alone are the same, even quoted.
	FoldsCase bool
	// Reserved are identifiers, in lower case, that no table or column can have even if quoted.
	Reserved []string
	// ReservedPrefixes are beginnings of such identifiers, in lower case.
	ReservedPrefixes []string
	// NoSchemas says that there are none: the namespace of a stream becomes a part of the name of
	// its table.
	NoSchemas bool

	// ExactNumbers says that a [Number] column keeps every digit. Otherwise integers of 64 bits are
	// exact in it and others are the nearest double.
	ExactNumbers bool
	// RefusesNUL says that strings cannot hold the character NUL, which is then taken out.
	RefusesNUL bool
	// ReadsJSON says that a [JSON] column is parsed, so that what is JSON but cannot be parsed
	// there has to be taken out before.
	ReadsJSON bool

	// NumberedParameters says that the parameters of a statement are written $1, $2 and so on, and
	// not as question marks.
	NumberedParameters bool
	// MaxParameters is how many parameters a statement may have. Defaults to 1,000.
	MaxParameters int
	// MaxColumns is how many columns a table may have. Defaults to no limit.
	MaxColumns int
}

// A Dialect is how a database spells what this package asks of it. [SQLite] and [Postgres] are
// two; embed one of them to write a relative of it. Methods must be safe for concurrent use.
//
// The database must take part in transactions with everything it does, creating, altering and
// renaming tables included, and must know IF NOT EXISTS, temporary tables and window functions.
type Dialect interface {
	// Rules returns what the database is like, always the same.
	Rules() Rules
	// Quote returns an identifier as SQL text, whatever characters it has.
	Quote(name string) string
	// Type returns the type of a column, spelled as Columns would.
	Type(k Kind) string
	// Delete returns statements that delete the rows t of a table for which another table has a
	// row n that fulfills a condition, by way of the index of the table's key. Names are quoted.
	Delete(table, other, condition string) []string
	// Columns returns a query and its parameters for name and type of each column of a table, in
	// their order and without a row where there is no such table. The schema may be empty.
	Columns(schema, table string) (query string, args []any)
	// Tables returns a query for the names of all tables of a schema.
	Tables(schema string) (query string, args []any)
	// Indexes returns a query for the names of all indexes of a table.
	Indexes(schema, table string) (query string, args []any)
	// Retype returns statements that make a column one of a wider kind and convert its values, to
	// text as [Value.AppendText] has it, and to JSON of that. From is 0 where the column has a type
	// that is none of ours. Names are quoted.
	Retype(table, column string, from, to Kind) []string
	// Explain returns an error with a sentence for the user, and its failure type, where it
	// recognizes what the driver said; otherwise err itself.
	Explain(err error) error
}

// A SchemaMaker is a Dialect whose database has schemas that can be created.
type SchemaMaker interface {
	// Schemas returns a query for the schema's name, without a row where it does not exist.
	Schemas(schema string) (query string, args []any)
}

// A BulkLoader is a Dialect that knows a faster way into a table than INSERT. It loads all rows
// within the transaction that is open on the connection. The table is quoted, the columns are
// not. A row is valid until the next one is asked for.
type BulkLoader interface {
	// BulkLoad loads the rows, and returns an error unless all of them were loaded.
	BulkLoad(
		ctx context.Context, c *sql.Conn, table string, columns []Column, rows iter.Seq[[]Value],
	) error
}

// Column is a column of a table.
type Column struct {
	Name string // as the database knows it, not quoted
	Kind Kind   // what it holds
}

// parameter returns the n-th parameter of a statement, from 1.
func (r Rules) parameter(n int) string {
	if r.NumberedParameters {
		return "$" + strconv.Itoa(n)
	}
	return "?"
}

// columnList returns the quoted names of columns, as INSERT and COPY want them.
func columnList(d Dialect, columns []Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = d.Quote(c.Name)
	}
	return strings.Join(names, ", ")
}
