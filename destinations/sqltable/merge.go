package sqltable

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/destinations"
)

const batchTable = ownPrefix + "batch"

// upsert loads a batch into a temporary table and merges that into the target. Temporary tables
// come before others of their name, so the name needs no schema.
func (t *table) upsert(
	ctx context.Context, conn *sql.Conn, tx *sql.Tx, b *destinations.Batch,
) error {
	name := t.db.Dialect.Quote(batchTable)
	cols := slices.Concat(t.cols, []Column{{orderColumn, Integer}})
	create := "CREATE TEMPORARY TABLE " + name + " (" + t.definitions(cols, "") + ")"
	if err := exec(ctx, tx, create); err != nil {
		return err
	}
	nulls := false
	rows := func(yield func([]Value) bool) {
		for row := range t.enc.rows(b) {
			for _, place := range t.key {
				nulls = nulls || row[len(ownColumns)+place].IsNull()
			}
			if !yield(row) {
				return
			}
		}
	}
	if err := t.insert(ctx, conn, tx, name, cols, rows); err != nil {
		return err
	}
	if err := t.merge(ctx, tx, name, orderColumn, !nulls); err != nil {
		return err
	}
	return exec(ctx, tx, "DROP TABLE "+name)
}

// merge moves the newest row of each key from a table into the target, where it takes the place of
// rows that are not newer. Newer is who has the greater cursor, then who was extracted later, then
// who came later; a null is older than everything. It removes older rows of a key from the source
// table first. With noNulls no key of the source has a null.
func (t *table) merge(ctx context.Context, tx *sql.Tx, from, order string, noNulls bool) error {
	if err := exec(ctx, tx, t.deleteOlder(from, order)); err != nil {
		return err
	}
	patterns := []int64{0}
	if !noNulls {
		var err error
		if patterns, err = t.nullPatterns(ctx, tx, from); err != nil {
			return err
		}
	}
	for _, nulls := range patterns {
		same := t.sameKey(nulls)
		replaced := t.db.Dialect.Delete(t.quoted(t.target), from, same+" AND "+t.notNewer())
		if err := exec(ctx, tx, append(replaced, t.insertNew(from, nulls))...); err != nil {
			return err
		}
	}
	return nil
}

// deleteOlder leaves the newest row of each key.
func (t *table) deleteOlder(from, order string) string {
	d := t.db.Dialect
	id := d.Quote(rawIDColumn)
	if order != "" {
		id = d.Quote(order) // shorter
	}
	return "DELETE FROM " + from + " WHERE " + id + " IN (SELECT r FROM (SELECT " + id +
		" AS r, ROW_NUMBER() OVER (PARTITION BY " + strings.Join(t.keyColumns(), ", ") +
		" ORDER BY " + t.newestFirst(order) + ") AS n FROM " + from + ") AS ranked WHERE n > 1)"
}

// insertNew inserts the rows whose key the target does not have.
func (t *table) insertNew(from string, nulls int64) string {
	list := columnList(t.db.Dialect, t.cols)
	conditions := []string{
		"NOT EXISTS (SELECT 1 FROM " + t.quoted(t.target) + " AS t WHERE " + t.sameKey(nulls) + ")",
	}
	for i, place := range t.key {
		test := " IS NOT NULL"
		if nulls>>i&1 == 1 {
			test = " IS NULL"
		}
		conditions = append(conditions, "n."+t.column(place)+test)
	}
	if t.deleted >= 0 {
		conditions = append(conditions, "n."+t.column(t.deleted)+" IS NULL")
	}
	return "INSERT INTO " + t.quoted(t.target) + " (" + list + ") SELECT " + list + " FROM " +
		from + " AS n WHERE " + strings.Join(conditions, " AND ")
}

// nullPatterns returns which columns of the key are null together, one bit for each. A comparison
// that takes null for a value could not use the index, but one can be made for each pattern.
func (t *table) nullPatterns(ctx context.Context, q querier, from string) ([]int64, error) {
	bits := make([]string, len(t.key))
	for i, place := range t.key {
		bits[i] = fmt.Sprintf("CASE WHEN %s IS NULL THEN %d ELSE 0 END", t.column(place), 1<<i)
	}
	var patterns []int64
	query := "SELECT DISTINCT " + strings.Join(bits, " + ") + " FROM " + from
	err := each(ctx, q, query, nil, func(rows *sql.Rows) error {
		var pattern int64
		err := rows.Scan(&pattern)
		patterns = append(patterns, pattern)
		return err
	})
	return patterns, err
}

// insertFrom copies all rows of a table into the target.
func (t *table) insertFrom(ctx context.Context, tx *sql.Tx, from string) error {
	list := columnList(t.db.Dialect, t.cols)
	return exec(ctx, tx, "INSERT INTO "+t.quoted(t.target)+" ("+list+") SELECT "+list+" FROM "+from)
}

// keyColumns returns the quoted names of the key's columns.
func (t *table) keyColumns() []string {
	names := make([]string, len(t.key))
	for i, place := range t.key {
		names[i] = t.column(place)
	}
	return names
}

// sameKey compares the keys of t and n, of which the same columns are null.
func (t *table) sameKey(nulls int64) string {
	conditions := make([]string, len(t.key))
	for i, place := range t.key {
		c := t.column(place)
		conditions[i] = "t." + c + " = n." + c
		if nulls>>i&1 == 1 {
			conditions[i] = "t." + c + " IS NULL AND n." + c + " IS NULL"
		}
	}
	return strings.Join(conditions, " AND ")
}

// newestFirst is the order of the rows of one key. Not all databases know NULLS LAST.
func (t *table) newestFirst(order string) string {
	var by []string
	if t.cursor >= 0 {
		cursor := t.column(t.cursor)
		by = append(by, "CASE WHEN "+cursor+" IS NULL THEN 1 ELSE 0 END", cursor+" DESC")
	}
	by = append(by, t.db.Dialect.Quote(extractedColumn)+" DESC")
	if order != "" {
		by = append(by, t.db.Dialect.Quote(order)+" DESC")
	}
	return strings.Join(by, ", ")
}

// notNewer is the condition that the row t of the target is not newer than the row n that came
// after it.
func (t *table) notNewer() string {
	extracted := t.db.Dialect.Quote(extractedColumn)
	byTime := "t." + extracted + " <= n." + extracted
	if t.cursor < 0 {
		return byTime
	}
	before, after := "t."+t.column(t.cursor), "n."+t.column(t.cursor)
	return "(" + before + " < " + after +
		" OR " + before + " IS NULL AND " + after + " IS NOT NULL" +
		" OR (" + before + " = " + after + " OR " + before + " IS NULL AND " + after + " IS NULL)" +
		" AND " + byTime + ")"
}
