package sqltable

import (
	"context"
	"slices"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// place returns the schema of a stream, and the name its table would like to have there.
func (db *Database) place(d protocol.Descriptor) (schema, name string) {
	if !db.Dialect.Rules().NoSchemas {
		return db.schemaFor(d.Namespace), d.Name
	}
	if d.Namespace == "" {
		return "", d.Name
	}
	return "", d.Namespace + "_" + d.Name
}

// schemaFor returns the identifier of a namespace's schema, empty where there are no schemas.
func (db *Database) schemaFor(namespace string) string {
	rules := db.Dialect.Rules()
	if rules.NoSchemas {
		return ""
	}
	if namespace == "" {
		namespace = db.Schema
	}
	return newNamer(rules, nil).plain(namespace)
}

// makeSchema creates a schema that does not exist. It looks first, because creating one wants a
// right even where IF NOT EXISTS finds it.
func (db *Database) makeSchema(ctx context.Context, q querier, schema string) error {
	maker, ok := db.Dialect.(SchemaMaker)
	if !ok || schema == "" {
		return nil
	}
	query, args := maker.Schemas(schema)
	found, err := db.strings(ctx, q, query, args)
	if err == nil && len(found) == 0 {
		err = exec(ctx, q, "CREATE SCHEMA IF NOT EXISTS "+db.Dialect.Quote(schema))
	}
	return db.explain(err, "looking for the schema %s", schema)
}

// resolve gives each stream its schema, which it creates, and the name of its table.
func (db *Database) resolve(
	ctx context.Context, q querier, streams []destinations.Stream,
) ([]*table, error) {
	var tables []*table
	schemas := map[string]*members{}
	for _, s := range streams {
		t, err := newTable(db, s)
		if err != nil {
			return nil, err
		}
		schema, name := db.place(s.Descriptor)
		t.schema = schema
		tables = append(tables, t)
		if schemas[schema] == nil {
			schemas[schema] = &members{}
		}
		if err := schemas[schema].add(t, name); err != nil {
			return nil, err
		}
	}
	for schema, m := range schemas {
		if err := db.makeSchema(ctx, q, schema); err != nil {
			return nil, err
		}
		query, args := db.Dialect.Tables(schema)
		existing, err := db.strings(ctx, q, query, args)
		if err != nil {
			return nil, db.explain(err, "listing the tables of the database")
		}
		for i, name := range newNamer(db.Dialect.Rules(), existing).assign(m.names) {
			m.tables[i].final = name
		}
	}
	return tables, nil
}

// members are the tables of one schema, and the names they would like to have.
type members struct {
	tables []*table
	names  []string
}

// add refuses a second stream of one name: what each wrote could no longer be told apart.
func (m *members) add(t *table, name string) error {
	if i := slices.Index(m.names, name); i >= 0 {
		return streamError(t.stream, "its table would be that of stream %s as well; "+
			"give one of them another namespace or prefix", m.tables[i].stream.Descriptor)
	}
	m.tables = append(m.tables, t)
	m.names = append(m.names, name)
	return nil
}
