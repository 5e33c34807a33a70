package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations/sqltable"
	"github.com/airbyte-go/cdk/examples/internal/tabletest"
)

// Whatever keeps check from writing is said in one sentence that names the remedy.
func TestCheck(t *testing.T) {
	x := fresh(t)
	answer, ok := x.Check(t)
	assert.True(t, ok, answer)
	assert.Empty(t, x.Leftovers(t))
	dir := t.TempDir()
	text := tabletest.File(t, dir, "notes.txt", []byte(strings.Repeat("not a database ", 100)))
	for _, test := range []struct{ path, want string }{
		{"", "path"},
		{":memory:", "name a file"},
		{filepath.Join(dir, "no", "such", "folder.db"), "the folder must exist"},
		{dir, "cannot be opened"},
		{text, "not a SQLite database"},
	} {
		x.Config = `{"path":"` + filepath.ToSlash(test.path) + `"}`
		answer, ok := x.Check(t)
		assert.False(t, ok, test.path)
		assert.Contains(t, answer, test.want)
	}
	content, err := os.ReadFile(text)
	require.NoError(t, err)
	assert.Contains(t, string(content), "not a database")
}

// A database that another program holds is waited for, but not for ever.
func TestLockedDatabase(t *testing.T) {
	x := fresh(t)
	s := tabletest.Streams(tabletest.Stream("users", `{"id":{"type":"integer"}}`))
	x.Write(t, s, tabletest.Record("users", `{"id":1}`)).Succeeds(t)
	path := strings.TrimSuffix(strings.TrimPrefix(x.Config, `{"path":"`), `"}`)
	db, err := sql.Open("sqlite", "file:"+strings.ReplaceAll(path, " ", "%20"))
	require.NoError(t, err)
	defer db.Close()
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	_, err = conn.ExecContext(t.Context(), "BEGIN EXCLUSIVE")
	require.NoError(t, err)

	x.Config = strings.TrimSuffix(x.Config, "}") + `,"lock_timeout_seconds":1}`
	o := x.Write(t, s, tabletest.Record("users", `{"id":2}`), tabletest.State("users", 1))
	o.Fails(t, "holds a lock")
	assert.Contains(t, o.Output, "transient_error")
	assert.Empty(t, o.States)
	_, err = conn.ExecContext(t.Context(), "ROLLBACK")
	require.NoError(t, err)
	x.Write(t, s, tabletest.Record("users", `{"id":2}`)).Succeeds(t)
	assert.Equal(t, []string{"1", "2"}, x.Rows(t, x.Table("", "users"), "id"))
}

// A database that can grow no more, as on a full disk, keeps what it has and acknowledges no more.
func TestFullDisk(t *testing.T) {
	full := sqltable.Destination[Config]{
		Connect: func(ctx context.Context, cfg Config) (*sqltable.Database, error) {
			db, err := connect(ctx, cfg)
			if err == nil {
				_, err = db.DB.ExecContext(ctx, "PRAGMA max_page_count = 20")
			}
			return db, err
		},
	}
	x := fresh(t)
	s := tabletest.Streams(tabletest.Stream("users",
		`{"id":{"type":"integer"},"name":{"type":"string"}}`))
	x.Write(t, s, tabletest.Record("users", `{"id":1}`)).Succeeds(t)

	large := tabletest.Record("users", `{"id":2,"name":"`+strings.Repeat("x", 1<<20)+`"}`)
	o := tabletest.Of(full, *x).Write(t, s, large, tabletest.State("users", 1))
	o.Fails(t, "the disk is full")
	assert.Contains(t, o.Output, "transient_error")
	assert.Empty(t, o.States)
	assert.Equal(t, []string{"1"}, x.Rows(t, x.Table("", "users"), "id"))

	x.Write(t, s, large, tabletest.State("users", 1)).Succeeds(t)
	assert.Equal(t, []string{"1", "2"}, x.Rows(t, x.Table("", "users"), "id"))
}
