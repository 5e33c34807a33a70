package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newConfig names a database of the test's own.
func newConfig(t *testing.T) Config {
	t.Helper()
	return Config{Path: filepath.Join(t.TempDir(), "test.db")}
}

// rows asks the database for one column.
func rows(t *testing.T, cfg Config, query string) (values []string) {
	t.Helper()
	db, err := connect(t.Context(), cfg)
	require.NoError(t, err)
	defer db.DB.Close()
	found, err := db.DB.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer found.Close()
	for found.Next() {
		var value string
		require.NoError(t, found.Scan(&value))
		values = append(values, value)
	}
	require.NoError(t, found.Err())
	return values
}

func TestWrite(t *testing.T) {
	t.Parallel()
	messages, err := os.ReadFile("testdata/messages.jsonl")
	require.NoError(t, err)
	cfg := newConfig(t)

	for range 2 { // as where the source sends it all again
		code, answer := write(t, cfg, string(messages))
		require.Zero(t, code, answer)
		assert.Equal(t, 2, strings.Count(answer, `"type":"STATE"`), answer)
	}

	assert.Equal(t, []string{"Ada 99.95", "Bela 0"},
		rows(t, cfg, "SELECT name || ' ' || balance FROM customers ORDER BY id"),
		"the newest row of each key")
	assert.Equal(t, []string{"4"}, rows(t, cfg, "SELECT count(*) FROM visits"), "appended")
}

// No record is lost for a value that does not fit its column.
func TestValueOfAnotherType(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)

	code, answer := write(t, cfg, `{"type":"RECORD","record":{"stream":"customers",`+
		`"emitted_at":1,"data":{"id":7,"name":"Eve","balance":"much"}}}`+"\n")

	require.Zero(t, code, answer)
	meta := rows(t, cfg, "SELECT _airbyte_meta FROM customers WHERE id = 7 AND balance IS NULL")
	require.Len(t, meta, 1)
	assert.Contains(t, meta[0], `"field":"balance"`)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	require.NoError(t, destination.Check(t.Context(), newConfig(t)))

	err := destination.Check(t.Context(), Config{Path: filepath.Join(t.TempDir(), "no", "such.db")})
	require.ErrorContains(t, err, "the folder must exist")
}
