package sqltable

import (
	"context"
	"database/sql"
	"strings"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// table is the table of one stream, and what its columns hold.
type table struct {
	db     *Database
	stream destinations.Stream
	fields []field // of the schema

	schema  string   // not quoted; empty where there are none
	final   string   // name of the table, not quoted
	names   []string // of the columns, by field
	key     []int    // places of the fields
	cursor  int      // the same, -1 for none
	deleted int      // field that marks deleted rows, -1 for none

	target string   // name of the table to load: final, or what takes its place at the end
	enc    *encoder // for the target as it is now
	cols   []Column // of the target: ours, and one for each field
}

// newTable resolves a stream's schema, key and cursor.
func newTable(db *Database, s destinations.Stream) (*table, error) {
	fields, err := fieldsOf(s.Schema)
	if err != nil {
		return nil, streamError(s, "%w; refresh the schema of the source", err)
	}
	t := &table{db: db, stream: s, fields: fields, cursor: -1, deleted: -1}
	if most := db.Dialect.Rules().MaxColumns; most > 0 && len(fields)+len(ownColumns) >= most {
		return nil, streamError(s, "it has %d fields, and a table takes less than %d columns; "+
			"deselect some", len(fields), most)
	}
	if !s.Dedup {
		return t, nil
	}
	return t, t.resolveKey()
}

func (t *table) resolveKey() error {
	if len(t.stream.Key) == 0 {
		return streamError(t.stream, "its records are to be deduplicated and it has no primary "+
			"key; choose one, or the mode append")
	}
	for _, path := range t.stream.Key {
		place, err := t.topLevel("primary key", path)
		if err != nil {
			return err
		}
		t.key = append(t.key, place)
	}
	if len(t.stream.Cursor) > 0 {
		place, err := t.topLevel("cursor", t.stream.Cursor)
		if err != nil {
			return err
		}
		t.cursor = place
	}
	if !t.db.SoftDeletes {
		t.deleted = t.place(deletedField)
	}
	return nil
}

func (t *table) topLevel(what string, path []string) (int, error) {
	if len(path) != 1 {
		return 0, streamError(t.stream, "its %s %s lies within an object, and only a field of the "+
			"record itself is a column; choose another", what, strings.Join(path, "."))
	}
	place := t.place(path[0])
	if place < 0 {
		return 0, streamError(t.stream, "its %s %s is not in its schema; select that field",
			what, path[0])
	}
	return place, nil
}

func (t *table) place(name string) int {
	for i, f := range t.fields {
		if f.name == name {
			return i
		}
	}
	return -1
}

// streamError is a mistake in the catalog that the user can mend.
func streamError(s destinations.Stream, format string, args ...any) error {
	err := protocol.Errorf(protocol.ConfigError, format, args...)
	err.Message = "stream " + s.String() + ": " + err.Message
	err.Stream = s.Descriptor
	return err
}

// quoted returns a table of the stream's schema as SQL text.
func (t *table) quoted(name string) string { return t.db.quoted(t.schema, name) }

func (db *Database) quoted(schema, name string) string {
	if schema == "" {
		return db.Dialect.Quote(name)
	}
	return db.Dialect.Quote(schema) + "." + db.Dialect.Quote(name)
}

// column returns the quoted name of a field's column.
func (t *table) column(place int) string { return t.db.Dialect.Quote(t.names[place]) }

// stagingName is that of the table which replaces the stream's. Each attempt finds the same.
func (t *table) stagingName() string {
	return ownPrefix + "staging_" + hashOf(t.schema, t.final) + hashOf(t.final, t.schema)
}

// create makes an empty table for the stream's fields, with the kinds of the schema.
func (t *table) create(ctx context.Context, q querier, name string) error {
	_, err := q.ExecContext(ctx, "CREATE TABLE "+t.quoted(name)+" ("+
		t.definitions(t.expected(), " NOT NULL")+")")
	return err
}

// expected are the columns that a new table gets.
func (t *table) expected() []Column {
	cols := append([]Column(nil), ownColumns...)
	for i, f := range t.fields {
		cols = append(cols, Column{t.names[i], f.kind})
	}
	return cols
}

// definitions lists columns with their types, as CREATE TABLE wants them.
func (t *table) definitions(cols []Column, own string) string {
	var list strings.Builder
	for i, c := range cols {
		if i > 0 {
			list.WriteString(", ")
		}
		list.WriteString(t.db.Dialect.Quote(c.Name) + " " + t.db.Dialect.Type(c.Kind))
		if i < len(ownColumns) {
			list.WriteString(own)
		}
	}
	return list.String()
}

// use makes a table the one to load.
func (t *table) use(name string, cols []Column) {
	t.target, t.cols = name, cols
	fields := make([]field, len(t.fields))
	for i, f := range t.fields {
		fields[i] = field{f.name, cols[len(ownColumns)+i].Kind}
	}
	t.enc = newEncoder(t.db.Dialect.Rules(), t.stream, fields)
}

// existing is what the database says of a column.
type existing struct{ name, typ string }

// columnsOf asks the database for the columns of a table; none where there is no table.
func (t *table) columnsOf(
	ctx context.Context, q querier, name string,
) (cols []existing, err error) {
	query, args := t.db.Dialect.Columns(t.schema, name)
	err = each(ctx, q, query, args, func(rows *sql.Rows) error {
		var c existing
		err := rows.Scan(&c.name, &c.typ)
		cols = append(cols, c)
		return err
	})
	return cols, err
}
