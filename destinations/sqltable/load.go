package sqltable

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"strings"

	"github.com/airbyte-go/cdk/destinations"
)

// load makes a batch durable. A column that turns out to be too narrow is widened, and the batch
// loaded again.
func (t *table) load(ctx context.Context, b *destinations.Batch) error {
	for {
		err := t.db.within(ctx, func(conn *sql.Conn, tx *sql.Tx) error {
			if t.stream.Dedup {
				return t.upsert(ctx, conn, tx, b)
			}
			return t.insert(ctx, conn, tx, t.quoted(t.target), t.cols, t.plainRows(b))
		})
		if t.enc.wide == nil {
			return t.db.explain(err, "loading %d records of stream %s into the table %s",
				b.Len(), t.stream.Descriptor, t.quoted(t.target))
		}
		if err := t.widenFor(ctx); err != nil {
			return err
		}
	}
}

// errTooNarrow rolls a batch back whose columns have to be widened first.
var errTooNarrow = errors.New("a column is too narrow")

func (t *table) widenFor(ctx context.Context) error {
	places := t.enc.wide
	err := t.db.within(ctx, func(_ *sql.Conn, tx *sql.Tx) error { return t.widen(ctx, tx, places) })
	return t.db.explain(err, "widening columns of the table %s for integers beyond 64 bits",
		t.quoted(t.target))
}

// plainRows are the rows of a batch without their order.
func (t *table) plainRows(b *destinations.Batch) iter.Seq[[]Value] {
	return func(yield func([]Value) bool) {
		for row := range t.enc.rows(b) {
			if !yield(row[:len(row)-1]) {
				return
			}
		}
	}
}

// insert puts rows into a table by the fastest way there is.
func (t *table) insert(
	ctx context.Context, conn *sql.Conn, tx *sql.Tx, name string, cols []Column,
	rows iter.Seq[[]Value],
) error {
	var err error
	if bulk, ok := t.db.Dialect.(BulkLoader); ok {
		err = bulk.BulkLoad(ctx, conn, name, cols, rows)
	} else {
		in := inserter{
			rules: t.db.Dialect.Rules(), tx: tx, columns: len(cols),
			head: "INSERT INTO " + name + " (" + columnList(t.db.Dialect, cols) + ") VALUES ",
		}
		err = in.all(ctx, rows)
	}
	if err == nil && t.enc.wide != nil {
		return errTooNarrow
	}
	return err
}

// An inserter inserts many rows with each statement.
type inserter struct {
	rules   Rules
	tx      *sql.Tx
	head    string
	columns int

	args []any
}

func (in *inserter) all(ctx context.Context, rows iter.Seq[[]Value]) (err error) {
	most := in.rowsPerStatement() * in.columns
	in.args = make([]any, 0, most)
	full, err := in.tx.PrepareContext(ctx, in.statement(most/in.columns))
	if err != nil {
		return err
	}
	defer func() { err = joinClose(err, full) }()
	for row := range rows {
		for _, v := range row {
			in.args = append(in.args, v.Any())
		}
		if len(in.args) < most {
			continue
		}
		if _, err := full.ExecContext(ctx, in.args...); err != nil {
			return err
		}
		in.args = in.args[:0]
	}
	if len(in.args) == 0 {
		return nil
	}
	_, err = in.tx.ExecContext(ctx, in.statement(len(in.args)/in.columns), in.args...)
	return err
}

// rowsPerStatement is 50, where more rows are no faster, and fewer where rows are wide.
func (in *inserter) rowsPerStatement() int {
	const enough, parameters = 50, 1000
	limit := in.rules.MaxParameters
	if limit == 0 {
		limit = parameters
	}
	return max(1, min(enough, limit/in.columns))
}

func (in *inserter) statement(rows int) string {
	var text strings.Builder
	text.WriteString(in.head)
	for n := range rows * in.columns {
		switch {
		case n == 0:
			text.WriteByte('(')
		case n%in.columns == 0:
			text.WriteString("), (")
		default:
			text.WriteByte(',')
		}
		text.WriteString(in.rules.parameter(n + 1))
	}
	text.WriteByte(')')
	return text.String()
}
