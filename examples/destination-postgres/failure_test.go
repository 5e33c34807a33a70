package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations/sqltable"
	"github.com/airbyte-go/cdk/examples/internal/pgtest"
	"github.com/airbyte-go/cdk/examples/internal/tabletest"
	"github.com/airbyte-go/cdk/protocol"
)

const properties = `{"id":{"type":"integer"},"name":{"type":"string"}}`

// Whatever keeps check from writing is said in one sentence that names the remedy.
func TestCheck(t *testing.T) {
	cluster := pgtest.Start(t, "fsync=off")
	x := fresh(t, cluster, "")
	answer, ok := x.Check(t)
	assert.True(t, ok, answer)
	assert.Empty(t, x.Leftovers(t))
	x.Exec(t, "CREATE ROLE reader LOGIN")
	x.Exec(t, "CREATE ROLE writer LOGIN")
	x.Exec(t, "GRANT CREATE ON SCHEMA public TO writer")
	good := x.Config
	for _, test := range []struct{ old, new, want string }{
		{fmt.Sprint(cluster.Port), "1", "connect: connection refused"},
		{`"username":"postgres"`, `"username":"nobody"`, "refused the user or the password"},
		{`"username":"postgres"`, `"username":"reader"`, "lacks a right"},
		{`"database":"`, `"database":"no`, "does not exist"},
		{`"ssl_mode":"disable"`, `"ssl_mode":"require"`, "refused TLS connection"},
		{`"ssl_mode":"disable"`, `"ssl_mode":"verify-ca","ca_certificate":"x"`, "no certificate in PEM"},
	} {
		x.Config = strings.Replace(good, test.old, test.new, 1)
		answer, ok := x.Check(t)
		assert.False(t, ok, test.want)
		assert.Contains(t, answer, test.want)
	}
	x.Config = strings.Replace(good, `"username":"postgres"`, `"username":"writer"`, 1)
	answer, ok = x.Check(t)
	assert.True(t, ok, answer)
}

func users(options ...tabletest.Option) []protocol.ConfiguredStream {
	return tabletest.Streams(tabletest.Stream("users", properties, options...))
}

// A write that fails leaves what was there and is resumed.
func TestFailures(t *testing.T) {
	cluster := pgtest.Start(t, "fsync=off")
	for _, test := range []struct {
		name, before, after string
		words               []string
	}{
		{
			"dropped connection",
			`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
				'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';
			CREATE TRIGGER fail BEFORE INSERT ON users EXECUTE FUNCTION fail()`,
			`DROP TRIGGER fail ON users`,
			[]string{"connection", "lost"},
		},
		{
			"a view that uses a column that goes",
			`ALTER TABLE users ADD COLUMN gone text; CREATE VIEW v AS SELECT gone FROM users`,
			`DROP VIEW v`, []string{"view", "depends"},
		},
		{
			"a table of another",
			`CREATE ROLE other; ALTER TABLE users OWNER TO other; CREATE ROLE me LOGIN`,
			`ALTER TABLE users OWNER TO me`, nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := fresh(t, cluster, "")
			s := users(tabletest.Dedup("", "id"))
			x.Write(t, s, tabletest.Record("users", `{"id":1}`)).Succeeds(t)
			x.Exec(t, test.before)
			if test.words == nil {
				x.Config = strings.Replace(x.Config, `"username":"postgres"`, `"username":"me"`, 1)
				test.words = []string{"lacks a right", "users"}
			}
			o := x.Write(t, s, tabletest.Record("users", `{"id":2}`), tabletest.State("users", 1))
			o.Fails(t, test.words...)
			assert.Empty(t, o.States)
			assert.Equal(t, []string{"1"}, x.Rows(t, "users", "id"))
			x.Exec(t, test.after)
			if strings.Contains(x.Config, `"me"`) {
				x.Exec(t, "GRANT CREATE ON SCHEMA public TO me")
			}
			x.Write(t, s, tabletest.Record("users", `{"id":2}`)).Succeeds(t)
			assert.Equal(t, []string{"1", "2"}, x.Rows(t, "users", "id"))
		})
	}
}

// A table that another session holds is waited for, but not for ever.
func TestLockedTable(t *testing.T) {
	cluster := pgtest.Start(t, "fsync=off")
	x := fresh(t, cluster, "")
	impatient := sqltable.Destination[Config]{
		Connect: func(ctx context.Context, cfg Config) (*sqltable.Database, error) {
			db, err := connect(ctx, cfg)
			if err == nil {
				c, _ := cfg.connection()
				c.RuntimeParams["lock_timeout"] = "50ms"
				db.DB = stdlib.OpenDB(*c)
			}
			return db, err
		},
	}
	x = tabletest.Of(impatient, *x)
	x.Write(t, users(), tabletest.Record("users", `{"id":1}`)).Succeeds(t)
	tx, err := x.DB.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), "LOCK TABLE users")
	require.NoError(t, err)
	o := x.Write(t, users(), tabletest.Record("users", `{"id":2}`), tabletest.State("users", 1))
	o.Fails(t, "locked", "users")
	assert.Contains(t, o.Output, "transient_error")
	require.NoError(t, tx.Rollback())
	x.Write(t, users(), tabletest.Record("users", `{"id":2}`)).Succeeds(t)
}
