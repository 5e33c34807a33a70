package sqltable

import (
	"context"
	"slices"
	"strings"
)

// evolve gives a table that exists the columns of the stream, and returns them: it adds what is
// missing, widens what is too narrow, and drops what the stream no longer has. A column that is
// wider than the schema asks stays as it is, so that no value is lost.
func (t *table) evolve(ctx context.Context, q querier, name string) ([]Column, error) {
	there, err := t.columnsOf(ctx, q, name)
	if err != nil {
		return nil, err
	}
	if !isOurs(there) {
		return nil, streamError(t.stream, "the table %s was not made by this connector, as it has "+
			"no column %s; rename it, or choose another schema", t.quoted(name), rawIDColumn)
	}
	wanted := t.expected()
	var statements []string
	for i := range wanted {
		more := t.adapt(name, &wanted[i], there)
		statements = append(statements, more...)
	}
	for _, c := range there {
		isWanted := func(w Column) bool { return w.Name == c.name }
		if !slices.ContainsFunc(wanted, isWanted) {
			statements = append(statements, "ALTER TABLE "+t.quoted(name)+" DROP COLUMN "+
				t.db.Dialect.Quote(c.name))
		}
	}
	if len(statements) == 0 {
		return wanted, nil
	}
	// An index keeps its columns from being dropped in some databases; it is made again later.
	if err := t.dropIndexes(ctx, q, name, ""); err != nil {
		return nil, err
	}
	return wanted, exec(ctx, q, statements...)
}

func isOurs(columns []existing) bool {
	return slices.ContainsFunc(columns, func(c existing) bool { return c.name == rawIDColumn })
}

// adapt returns the statements that make room for a column, and sets its kind to the one it has
// then.
func (t *table) adapt(name string, want *Column, there []existing) []string {
	i := slices.IndexFunc(there, func(c existing) bool { return c.name == want.Name })
	if i < 0 {
		return []string{"ALTER TABLE " + t.quoted(name) + " ADD COLUMN " +
			t.db.Dialect.Quote(want.Name) + " " + t.db.Dialect.Type(want.Kind)}
	}
	if t.isType(there[i].typ, want.Kind) {
		return nil
	}
	from := t.kindOf(there[i].typ)
	if from != 0 {
		want.Kind = wider(from, want.Kind)
		if want.Kind == from {
			return nil
		}
	}
	return t.retype(name, want.Name, from, want.Kind)
}

func (t *table) isType(typ string, k Kind) bool {
	return strings.EqualFold(typ, t.db.Dialect.Type(k))
}

// kindOf returns the kind whose type a column has, 0 where it has none of ours.
func (t *table) kindOf(typ string) Kind {
	for _, k := range kinds {
		if t.isType(typ, k) {
			return k
		}
	}
	return 0
}

func (t *table) retype(name, column string, from, to Kind) []string {
	return t.db.Dialect.Retype(t.quoted(name), t.db.Dialect.Quote(column), from, to)
}

// widen makes room for integers of any size in some fields of the target.
func (t *table) widen(ctx context.Context, q querier, places []int) error {
	if err := t.dropIndexes(ctx, q, t.target, ""); err != nil {
		return err
	}
	cols := slices.Clone(t.cols)
	for _, place := range places {
		c := &cols[len(ownColumns)+place]
		if err := exec(ctx, q, t.retype(t.target, c.Name, c.Kind, Number)...); err != nil {
			return err
		}
		c.Kind = Number
	}
	if err := t.index(ctx, q, t.target); err != nil {
		return err
	}
	t.use(t.target, cols)
	return nil
}

const indexPrefix = ownPrefix + "key_"

// index makes an index over the key of a table that is deduplicated, and drops those of other keys.
// It is not unique: a new key may have rows of old that are the same under it.
func (t *table) index(ctx context.Context, q querier, name string) error {
	if !t.stream.Dedup {
		return nil
	}
	columns := t.keyColumns()
	prefix := indexPrefix + hashOf(columns...) + "_"
	if err := t.dropIndexes(ctx, q, name, prefix); err != nil {
		return err
	}
	found, err := t.indexes(ctx, q, name)
	if err != nil || slices.ContainsFunc(found, func(s string) bool {
		return strings.HasPrefix(s, prefix)
	}) {
		return err
	}
	// The name says which key it is of; a table that is renamed keeps it, hence the random end.
	unique := prefix + string(appendUUID(nil, 0)[uuidLength-12:])
	_, err = q.ExecContext(ctx, "CREATE INDEX "+t.db.Dialect.Quote(unique)+" ON "+
		t.quoted(name)+" ("+strings.Join(columns, ", ")+")")
	return err
}

func (t *table) indexes(ctx context.Context, q querier, name string) ([]string, error) {
	query, args := t.db.Dialect.Indexes(t.schema, name)
	return t.db.strings(ctx, q, query, args)
}

// dropIndexes drops our indexes of a table, but for those with a prefix.
func (t *table) dropIndexes(ctx context.Context, q querier, name, except string) error {
	found, err := t.indexes(ctx, q, name)
	if err != nil {
		return err
	}
	for _, index := range found {
		isExcepted := except != "" && strings.HasPrefix(index, except)
		if !strings.HasPrefix(index, indexPrefix) || isExcepted {
			continue
		}
		if err := exec(ctx, q, "DROP INDEX "+t.quoted(index)); err != nil {
			return err
		}
	}
	return nil
}
