package sources_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/sources"
)

// The tests of this file do not run beside others, whose memory they would count.

// liveHeap is what a garbage collection leaves.
func liveHeap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// growth reads streams and returns how much more memory is in use when at is called the last time
// than when it is called the first time. There is one slot, lest what other slices allocate during
// the collection be counted.
func growth(t *testing.T, catalog string, source func(at func()) streams) int64 {
	t.Helper()
	var first, last int64
	at := func() {
		if last = liveHeap(); first == 0 {
			first = last
		}
	}
	got := read(t, source(at), command{
		catalog: catalog, out: io.Discard, options: []sources.Option{sources.Concurrency(1)},
	})
	require.Equal(t, 0, got.code)
	return last - first
}

func TestMemoryStaysFlatWithManyRecords(t *testing.T) {
	record := wideRecord()
	ascending := sources.TimeCursor{Field: "updated_at", Order: sources.Ascending}
	grown := growth(t, configured("a:incremental"), func(at func()) streams {
		return streams{reader{"a", ascending, func(
			_ context.Context, _ sources.Slice, out *sources.Output,
		) error {
			for i := range 300_000 {
				if i == 10_000 || i == 299_999 {
					at()
				}
				if err := out.Raw(record); err != nil {
					return err
				}
			}
			return nil
		}}}
	})
	assert.Less(t, grown, int64(1<<20))
}

// numbered are partitions that nobody holds.
type numbered int

func (n numbered) Each(context.Context) iter.Seq2[sources.Partition, error] {
	return func(yield func(sources.Partition, error) bool) {
		for i := range int(n) {
			if !yield(sources.NewPartition("number", i), nil) {
				return
			}
		}
	}
}

// Beyond the 10,000 of the state, and the 20,000 that are remembered lest they be read twice,
// nothing is held by partition. A set of all of them took 1.7 MB.
func TestMemoryStaysFlatWithManyNumberedPartitions(t *testing.T) {
	const all = numbered(100_000)
	d := named("a", all)
	d.Cursor = sources.TimeCursor{Field: "at"}
	for _, catalog := range []string{configured("a"), configured("a:incremental")} {
		grown := growth(t, catalog, func(at func()) streams {
			var n atomic.Int64
			return streams{by{d, func(context.Context, sources.Slice, *sources.Output) error {
				if n := n.Add(1); n == 35_000 || n == int64(all) {
					at()
				}
				return nil
			}}}
		})
		assert.Less(t, grown, int64(256<<10), catalog)
	}
}

func TestMemoryStaysFlatWithManyPartitions(t *testing.T) {
	const parents = 100_000
	posts := by{sources.Description{Name: "posts"}, func(
		_ context.Context, _ sources.Slice, out *sources.Output,
	) error {
		for id := range parents {
			if err := out.Raw(fmt.Appendf(nil, `{"id":%d,"text":"%0100d"}`, id, id)); err != nil {
				return err
			}
		}
		return nil
	}}
	d := named("a", sources.Parent{Stream: posts, Key: "id", As: "post", Fields: []string{"text"}})
	d.Cursor = sources.TimeCursor{Field: "at", Start: january}
	grown := growth(t, configured("a:incremental"), func(at func()) streams {
		var n atomic.Int64
		return streams{by{d, func(context.Context, sources.Slice, *sources.Output) error {
			if n := n.Add(1); n == 10_000 || n == parents {
				at()
			}
			return nil
		}}}
	})
	assert.Less(t, grown, int64(2<<20))
}

func TestMemoryStaysFlatWithManyStreams(t *testing.T) {
	const many = 100
	var names []string
	for i := range many {
		names = append(names, fmt.Sprintf("s%d", i))
	}
	text := json.RawMessage(fmt.Sprintf(`{"text":%q}`, strings.Repeat("x", 1000)))
	grown := growth(t, configured(names...), func(at func()) streams {
		var all streams
		for i, name := range names {
			all = append(all, reader{name, nil, func(
				_ context.Context, _ sources.Slice, out *sources.Output,
			) error {
				if i == 0 || i == many-1 {
					at()
				}
				for range 100 {
					if err := out.Raw(text); err != nil {
						return err
					}
				}
				return nil
			}})
		}
		return all
	})
	assert.Less(t, grown, int64(2<<20))
}
