package sqltable

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// prepare decides which table the stream's records go into, and makes it ready.
func (t *table) prepare(ctx context.Context) error {
	err := t.db.within(ctx, func(_ *sql.Conn, tx *sql.Tx) error {
		if err := t.nameColumns(ctx, tx); err != nil {
			return err
		}
		if t.stream.Replace {
			return t.prepareReplace(ctx, tx)
		}
		return t.prepareKeep(ctx, tx)
	})
	return t.db.explain(err, "preparing the table %s of stream %s",
		t.quoted(t.final), t.stream.Descriptor)
}

// nameColumns gives the fields their columns. Those that are there already keep their spelling.
func (t *table) nameColumns(ctx context.Context, q querier) error {
	there, err := t.columnsOf(ctx, q, t.final)
	if err != nil {
		return err
	}
	var existing []string
	for _, c := range there {
		existing = append(existing, c.name)
	}
	names := make([]string, len(t.fields))
	for i, f := range t.fields {
		names[i] = f.name
	}
	t.names = newNamer(t.db.Dialect.Rules(), existing).assign(names)
	return nil
}

// prepareKeep readies the table of a stream whose rows stay. What an interrupted replacement of the
// same stream has left was acknowledged, where generations are counted, and moves into the table.
func (t *table) prepareKeep(ctx context.Context, tx *sql.Tx) error {
	if err := t.ready(ctx, tx, t.final); err != nil {
		return err
	}
	staging := t.stagingName()
	there, err := t.columnsOf(ctx, tx, staging)
	if err != nil || len(there) == 0 {
		return err
	}
	if t.stream.Generation > 0 {
		if err := t.adopt(ctx, tx, staging); err != nil {
			return fmt.Errorf("taking up what an interrupted sync left in %s: %w",
				t.quoted(staging), err)
		}
	}
	return exec(ctx, tx, "DROP TABLE "+t.quoted(staging))
}

// adopt moves the rows of a staging table into the final one.
func (t *table) adopt(ctx context.Context, tx *sql.Tx, staging string) error {
	if err := t.ready(ctx, tx, staging); err != nil {
		return err
	}
	from := t.cols
	if err := t.ready(ctx, tx, t.final); err != nil {
		return err
	}
	cols := slices.Clone(t.cols)
	for i := range cols {
		kind := wider(from[i].Kind, cols[i].Kind)
		if err := t.become(ctx, tx, staging, from[i], kind); err != nil {
			return err
		}
		if err := t.become(ctx, tx, t.final, cols[i], kind); err != nil {
			return err
		}
		cols[i].Kind = kind
	}
	t.use(t.final, cols)
	if t.stream.Dedup {
		return t.merge(ctx, tx, t.quoted(staging), "", false)
	}
	return t.insertFrom(ctx, tx, t.quoted(staging))
}

// become gives a column another kind unless it has it.
func (t *table) become(ctx context.Context, tx *sql.Tx, name string, c Column, kind Kind) error {
	if c.Kind == kind {
		return nil
	}
	if err := t.dropIndexes(ctx, tx, name, ""); err != nil {
		return err
	}
	if err := exec(ctx, tx, t.retype(name, c.Name, c.Kind, kind)...); err != nil {
		return err
	}
	return t.index(ctx, tx, name)
}

// prepareReplace readies the table that will be the stream's when it has ended. Rows of the same
// generation were acknowledged and are gone on with, wherever they lie; rows of an older one must
// go, but not before the end.
func (t *table) prepareReplace(ctx context.Context, tx *sql.Tx) error {
	staging := t.stagingName()
	there, err := t.columnsOf(ctx, tx, staging)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		fits, err := t.fits(ctx, tx, staging)
		if err != nil {
			return err
		}
		if fits {
			return t.ready(ctx, tx, staging)
		}
		if err := exec(ctx, tx, "DROP TABLE "+t.quoted(staging)); err != nil {
			return err
		}
	}
	direct, err := t.isDirect(ctx, tx)
	if err != nil {
		return err
	}
	if direct {
		return t.ready(ctx, tx, t.final)
	}
	return t.ready(ctx, tx, staging)
}

// isDirect reports whether the final table holds nothing that has to stay until the end. Without
// generations that cannot be told of a table with rows, nor must half a replacement be seen.
func (t *table) isDirect(ctx context.Context, q querier) (bool, error) {
	if t.stream.Generation == 0 {
		return false, nil
	}
	there, err := t.columnsOf(ctx, q, t.final)
	if err != nil {
		return false, err
	}
	if len(there) == 0 {
		return true, nil
	}
	return t.fits(ctx, q, t.final)
}

// fits reports whether all rows of a table are of the stream's generation. No row is of none.
func (t *table) fits(ctx context.Context, q querier, name string) (bool, error) {
	if t.stream.Generation == 0 {
		return false, nil
	}
	d := t.db.Dialect
	generation := d.Quote(generationColumn)
	found, err := t.db.strings(ctx, q, "SELECT "+d.Quote(rawIDColumn)+" FROM "+t.quoted(name)+
		" WHERE "+generation+" IS NULL OR "+generation+" <> "+d.Rules().parameter(1)+" LIMIT 1",
		[]any{t.stream.Generation})
	return len(found) == 0, err
}

// ready makes a table exist with the stream's columns and the index of its key, and the target.
func (t *table) ready(ctx context.Context, q querier, name string) error {
	there, err := t.columnsOf(ctx, q, name)
	if err != nil {
		return err
	}
	cols := t.expected()
	if len(there) == 0 {
		err = t.create(ctx, q, name)
	} else {
		cols, err = t.evolve(ctx, q, name)
	}
	if err != nil {
		return err
	}
	if err := t.index(ctx, q, name); err != nil {
		return err
	}
	t.use(name, cols)
	return nil
}

// finish lets the staging table take the place of the final one.
func (t *table) finish(ctx context.Context) error {
	if !t.stream.Replace || t.target == t.final {
		return nil
	}
	err := t.db.within(ctx, func(_ *sql.Conn, tx *sql.Tx) error {
		return exec(ctx, tx, "DROP TABLE IF EXISTS "+t.quoted(t.final),
			"ALTER TABLE "+t.quoted(t.target)+" RENAME TO "+t.db.Dialect.Quote(t.final))
	})
	if err != nil {
		return t.db.explain(err, "replacing the table %s of stream %s",
			t.quoted(t.final), t.stream.Descriptor)
	}
	t.target = t.final
	return nil
}
