//go:build linux

package killtest_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver that looks at what was written

	"github.com/airbyte-go/cdk/examples/internal/pgtest"
)

// target is a destination and its database.
type target struct {
	name    string
	program string
	config  json.RawMessage
	db      *sql.DB
	crash   func() error // kills the server and starts it again; nil: there is none
}

var targets = []struct {
	name string
	make func(t *testing.T) *target
}{{"sqlite", newSQLite}, {"postgres", newPostgres}}

func newSQLite(t *testing.T) *target {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.db")
	config, err := json.Marshal(map[string]any{"path": path})
	require.NoError(t, err)
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(60000)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return &target{"sqlite", "destination-sqlite", config, db, nil}
}

func newPostgres(t *testing.T) *target {
	t.Helper()
	cluster := pgtest.Start(t)
	config, err := json.Marshal(map[string]any{
		"host": "127.0.0.1", "port": cluster.Port, "database": "postgres",
		"username": pgtest.User, "ssl_mode": "disable",
	})
	require.NoError(t, err)
	return &target{
		"postgres", "destination-postgres", config, cluster.Open(t, "postgres"),
		func() error { return errors.Join(cluster.Kill(), cluster.Run()) },
	}
}

// parts are those that can be killed.
func (x *target) parts() []part {
	parts := []part{sourcePart, destinationPart, platformPart}
	if x.crash != nil {
		parts = append(parts, serverPart)
	}
	return parts
}

// rows reads some columns of a table.
func (x *target) rows(tb testing.TB, table string, columns []column) (found []string) {
	tb.Helper()
	list := ""
	for i, c := range columns {
		if i > 0 {
			list += ", "
		}
		list += `"` + c.name + `"`
	}
	rows, err := x.db.QueryContext(tb.Context(), fmt.Sprintf(`SELECT %s FROM "%s"`, list, table))
	require.NoError(tb, err)
	defer rows.Close()
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		require.NoError(tb, rows.Scan(places...))
		found = append(found, line(columns, values))
	}
	require.NoError(tb, rows.Err())
	return found
}
