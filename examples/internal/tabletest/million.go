package tabletest

import (
	"runtime/metrics"
	"testing"
)

// Million loads a million rows with deduplication, and then a tenth of them again.
func Million(b *testing.B, fresh func(tb testing.TB) *Target) {
	b.Helper()
	const rows, updates = 1_000_000, 100_000
	first, again := Work(5, 0, rows), Work(5, rows/2, updates)
	for b.Loop() {
		x := fresh(b)
		first.Load(b, x, Dedup("c4", "c0"))
		start := b.Elapsed()
		again.Load(b, x, Dedup("c4", "c0"))
		b.ReportMetric(float64(rows)/start.Seconds(), "inserts/s")
		b.ReportMetric(float64(updates)/(b.Elapsed()-start).Seconds(), "updates/s")
		var n int
		row := x.DB.QueryRowContext(b.Context(), "SELECT COUNT(*) FROM "+x.Table("", "bench"))
		if err := row.Scan(&n); err != nil || n != rows {
			b.Fatal(n, err)
		}
	}
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(sample)
	b.ReportMetric(float64(sample[0].Value.Uint64())/(1<<20), "MiB-process")
}
