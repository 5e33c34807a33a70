package sources_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/sources"
)

// within runs do inside of a read of one stream, where records can be emitted.
func within(t *testing.T, c sources.Cursor, catalog string, do func(out *sources.Output)) {
	t.Helper()
	dir := t.TempDir()
	config, configuredCatalog := filepath.Join(dir, "c.json"), filepath.Join(dir, "k.json")
	require.NoError(t, os.WriteFile(config, []byte(`{}`), 0o600))
	require.NoError(t, os.WriteFile(configuredCatalog, []byte(catalog), 0o600))
	read := func(_ context.Context, _ sources.Slice, out *sources.Output) error {
		do(out)
		return nil
	}
	code := sources.Run(t.Context(), streams{reader{"a", c, read}}, sources.Process{
		Args: []string{"read", "--config", config, "--catalog", configuredCatalog},
		Out:  io.Discard,
	})
	require.Zero(t, code)
}

// TestRecordsDoNotAllocate: what a record allocates is paid a million times.
func TestRecordsDoNotAllocate(t *testing.T) {
	record := wideRecord()
	for _, test := range []struct {
		name, catalog string
		cursor        sources.Cursor
	}{
		{"full refresh", configured("a"), nil},
		{"incremental", configured("a:incremental"), sources.TimeCursor{
			Field: "updated_at", Order: sources.Ascending,
		}},
	} {
		within(t, test.cursor, test.catalog, func(out *sources.Output) {
			allocs := testing.AllocsPerRun(5000, func() { assert.NoError(t, out.Raw(record)) })
			assert.Zero(t, allocs, "allocations for a record, %s", test.name)
		})
	}
}

// TestPartitionsAllocateLittle: a stream may have a hundred thousand partitions with a record each.
// It was 30 and 41 when this was written, and 48 and 60 when each slice made what is the same for
// all slices of a stream.
func TestPartitionsAllocateLittle(t *testing.T) {
	const partitions = 5000
	record := []byte(`{"id":1,"at":"2026-01-02T03:04:05Z"}`)
	values := make([]string, partitions)
	for i := range values {
		values[i] = fmt.Sprint(i)
	}
	d := named("a", sources.List("of", values...))
	d.Cursor = sources.TimeCursor{Field: "at"}
	for catalog, bound := range map[string]float64{
		// The race detector adds some.
		configured("a"): 37, configured("a:incremental"): 49,
	} {
		dir := t.TempDir()
		args := []string{
			"read", "--config", filepath.Join(dir, "c"), "--catalog", filepath.Join(dir, "k"),
		}
		require.NoError(t, os.WriteFile(args[2], []byte(`{}`), 0o600))
		require.NoError(t, os.WriteFile(args[4], []byte(catalog), 0o600))
		all := testing.AllocsPerRun(1, func() {
			code := sources.Run(t.Context(), streams{emitting(d, record)}, sources.Process{
				Args: args, Out: io.Discard,
			})
			require.Zero(t, code)
		})
		t.Logf("%.1f allocations for a partition", all/partitions)
		assert.Less(t, all/partitions, bound, "allocations for a partition, %s", catalog)
	}
}

// TestCursorStaysCheap compares an incremental read with a full refresh: the fastest of many short
// spans, which a busy machine disturbs least. It was 3 when this was written, and 12 when each
// record was walked to its cursor; 7 leaves room for other machines.
func TestCursorStaysCheap(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	record := wideRecord()
	fastest := func(c sources.Cursor, catalog string) (span time.Duration) {
		within(t, c, catalog, func(out *sources.Output) {
			var spans []time.Duration
			for range 300 {
				start := time.Now()
				for range 200 {
					assert.NoError(t, out.Raw(record))
				}
				spans = append(spans, time.Since(start))
			}
			span = slices.Min(spans)
		})
		return span
	}
	full := fastest(nil, configured("a"))
	incremental := fastest(sources.TimeCursor{
		Field: "updated_at", Order: sources.Ascending,
	}, configured("a:incremental"))
	ratio := float64(incremental) / float64(full)
	t.Logf("an incremental record costs %.1f times one of a full refresh", ratio)
	assert.LessOrEqual(t, ratio, 7.0,
		"finding and reading the cursor value of a record has become slower: %s for 200 records, "+
			"and %s without", incremental, full)
}
