package main

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// makeTables makes tables as a destination would.
func makeTables(t *testing.T, dir, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", tablesAddress(filepath.Join(dir, tablesFile), ""))
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "PRAGMA journal_mode = WAL;"+statements)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func TestRowsAreCounted(t *testing.T) {
	t.Parallel()
	s, err := openStore(t.TempDir())
	require.NoError(t, err)
	ab, other := protocol.Descriptor{Name: `a"b`}, protocol.Descriptor{Name: "other"}
	catalog := &protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{
		{Stream: protocol.Stream{Name: ab.Name}}, {Stream: protocol.Stream{Name: other.Name}},
	}}
	counts, err := countRows(t.Context(), s, catalog)
	require.NoError(t, err)
	assert.Zero(t, counts.sum())

	makeTables(t, s.dir, `CREATE TABLE "a""b" (n); INSERT INTO "a""b" VALUES (1), (2)`)
	counts, err = countRows(t.Context(), s, catalog)
	require.NoError(t, err)
	assert.Equal(t, rows{ab: 2, other: 0}, counts)
	assert.Equal(t, int64(2), counts.sum())
}

func TestQuery(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "what? a folder")
	_, err := openStore(dir)
	require.NoError(t, err)
	makeTables(t, dir, `CREATE TABLE t (n, at TIMESTAMPTZ TEXT);
		INSERT INTO t VALUES (12345678.5, '2024-01-01T00:59:42.260000Z'), (NULL, 'later'), (7, x'41')`)
	got := start(t.Context(), "-dir", dir, "-query", "SELECT n, at FROM t")
	require.Zero(t, got.code, got.stderr)
	assert.Equal(t, "n           at\n"+
		"12345678.5  2024-01-01T00:59:42.260000Z\n"+
		"NULL        later\n"+
		"7           A\n", got.stdout)

	for query, says := range map[string]string{
		"SELECT":           "the query cannot be answered",
		"DELETE FROM t":    "readonly",
		"SELECT * FROM no": "no such table",
	} {
		got := start(t.Context(), "-dir", dir, "-query", query)
		assert.Equal(t, 1, got.code, query)
		assert.Contains(t, got.stderr, says)
	}
}
