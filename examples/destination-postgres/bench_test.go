package main

import (
	"fmt"
	"iter"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/examples/internal/pgtest"
	"github.com/airbyte-go/cdk/examples/internal/tabletest"
)

// BenchmarkAppend loads 50,000 rows, and so does a bare loop that decodes the same lines and gives
// them to pgx's CopyFrom:
//
//	go test ./destination-postgres -run '^$' -bench Append -benchtime 5x
func BenchmarkAppend(b *testing.B) {
	cluster := pgtest.Start(b)
	for _, columns := range []int{5, 20} {
		work := tabletest.Work(columns, 0, 50_000)
		b.Run(fmt.Sprintf("columns=%d/kit", columns), func(b *testing.B) {
			x := fresh(b, cluster, "")
			b.ReportAllocs()
			for b.Loop() {
				work.Load(b, x)
			}
			work.Report(b)
		})
		b.Run(fmt.Sprintf("columns=%d/bare", columns), func(b *testing.B) {
			x := fresh(b, cluster, "")
			tabletest.Workload{Columns: columns}.Load(b, x)
			conn, err := pgx.Connect(b.Context(), x.URL)
			require.NoError(b, err)
			defer conn.Close(b.Context())
			b.ReportAllocs()
			for b.Loop() {
				bareCopy(b, conn, work)
			}
			work.Report(b)
		})
	}
}

func bareCopy(b *testing.B, conn *pgx.Conn, work tabletest.Workload) {
	b.Helper()
	columns := []string{
		"_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id",
	}
	for i := range work.Columns {
		columns = append(columns, fmt.Sprintf("c%d", i))
	}
	next, stop := iter.Pull(work.Rows(b))
	defer stop()
	n, err := conn.CopyFrom(b.Context(), pgx.Identifier{"bench"}, columns,
		pgx.CopyFromFunc(func() ([]any, error) {
			row, _ := next()
			return row, nil
		}))
	require.NoError(b, err)
	require.Equal(b, int64(work.Count), n)
}

// BenchmarkDedup loads a million rows into a table and then 100,000 of them again:
//
//	go test ./destination-postgres -run '^$' -bench Dedup -benchtime 1x -timeout 30m
func BenchmarkDedup(b *testing.B) {
	cluster := pgtest.Start(b)
	tabletest.Million(b, func(tb testing.TB) *tabletest.Target {
		tb.Helper()
		return fresh(tb, cluster, "")
	})
}
