package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/examples/internal/tabletest"
)

// BenchmarkAppend loads 50,000 rows, and so does a bare loop that decodes the same lines and
// inserts them in the same way:
//
//	go test ./destination-sqlite -run '^$' -bench Append -benchtime 5x
func BenchmarkAppend(b *testing.B) {
	for _, columns := range []int{5, 20} {
		work := tabletest.Work(columns, 0, 50_000)
		b.Run(fmt.Sprintf("columns=%d/kit", columns), func(b *testing.B) {
			x := fresh(b)
			b.ReportAllocs()
			for b.Loop() {
				work.Load(b, x)
			}
			work.Report(b)
		})
		b.Run(fmt.Sprintf("columns=%d/bare", columns), func(b *testing.B) {
			x := fresh(b)
			tabletest.Workload{Columns: columns}.Load(b, x)
			b.ReportAllocs()
			for b.Loop() {
				bareInsert(b, x, work)
			}
			work.Report(b)
		})
	}
}

func bareInsert(b *testing.B, x *tabletest.Target, work tabletest.Workload) {
	b.Helper()
	const rows = 50
	tx, err := x.DB.BeginTx(b.Context(), nil)
	require.NoError(b, err)
	one := "(" + strings.Repeat(",?", 4+work.Columns)[1:] + ")"
	statement, err := tx.PrepareContext(b.Context(),
		"INSERT INTO bench VALUES "+strings.Repeat(","+one, rows)[1:])
	require.NoError(b, err)
	args := make([]any, 0, rows*(4+work.Columns))
	for row := range work.Rows(b) {
		for _, v := range row {
			if at, ok := v.(time.Time); ok {
				v = at.Format(time.RFC3339Nano)
			}
			args = append(args, v)
		}
		if len(args) == cap(args) {
			_, err := statement.ExecContext(b.Context(), args...)
			require.NoError(b, err)
			args = args[:0]
		}
	}
	require.NoError(b, statement.Close())
	require.NoError(b, tx.Commit())
}

// BenchmarkDedup loads a million rows into a table and then 100,000 of them again:
//
//	go test ./destination-sqlite -run '^$' -bench Dedup -benchtime 1x -timeout 30m
func BenchmarkDedup(b *testing.B) {
	tabletest.Million(b, fresh)
}
