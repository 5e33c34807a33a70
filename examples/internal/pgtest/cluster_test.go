package pgtest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/examples/internal/pgtest"
)

// A row that was committed outlives a crash of the server, and the server starts again.
func TestKill(t *testing.T) {
	c := pgtest.Start(t)
	db := c.Open(t, "postgres")
	_, err := db.ExecContext(t.Context(), "CREATE TABLE t AS SELECT 1 AS n")
	require.NoError(t, err)
	require.NoError(t, c.Kill())
	require.Error(t, db.PingContext(t.Context()))
	require.NoError(t, c.Run())
	var n int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT n FROM t").Scan(&n))
	assert.Equal(t, 1, n)
}
