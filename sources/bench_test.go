package sources_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/sources"
)

// wideRecord is about 500 bytes with the cursor field in the middle.
func wideRecord() []byte {
	var text strings.Builder
	text.WriteString(`{"id":12345`)
	for i := range 9 {
		fmt.Fprintf(&text, `,"field_%d":"some text of %d"`, i, i)
	}
	text.WriteString(`,"updated_at":"2026-01-02T03:04:05Z"`)
	for i := range 9 {
		fmt.Fprintf(&text, `,"number_%d":%d.5`, i, i*1000)
	}
	text.WriteString(`,"nested":{"a":[1,2,3],"b":null}}`)
	return []byte(text.String())
}

// BenchmarkEmit is what the engine adds to a record that is there already: from Output.Raw to a
// writer that takes everything, for a full refresh and for an incremental stream that looks at each
// record's cursor. "bare" is the least there is to do: copy prefix, record and suffix into 64 KiB.
func BenchmarkEmit(b *testing.B) {
	record := wideRecord()
	emit := func(b *testing.B, cursor sources.Cursor, catalog string) {
		b.ReportAllocs()
		b.SetBytes(int64(len(record)))
		dir := b.TempDir()
		args := []string{
			"read",
			"--config",
			filepath.Join(dir, "c.json"),
			"--catalog",
			filepath.Join(dir, "k.json"),
		}
		require.NoError(b, os.WriteFile(args[2], []byte(`{}`), 0o600))
		require.NoError(b, os.WriteFile(args[4], []byte(catalog), 0o600))
		code := sources.Run(b.Context(), streams{reader{"a", cursor, func(
			_ context.Context, _ sources.Slice, out *sources.Output,
		) error {
			for b.Loop() {
				if err := out.Raw(record); err != nil {
					return err
				}
			}
			return nil
		}}}, sources.Process{Args: args, Out: io.Discard})
		require.Equal(b, 0, code)
	}
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(record)))
		prefix := fmt.Appendf(
			nil,
			`{"type":"RECORD","record":{"stream":"a","emitted_at":%d,"data":`,
			time.Now().UnixMilli(),
		)
		buffer := make([]byte, 0, 64<<10)
		for b.Loop() {
			if len(buffer)+len(prefix)+len(record)+3 > cap(buffer) {
				_, _ = io.Discard.Write(buffer)
				buffer = buffer[:0]
			}
			buffer = append(append(append(buffer, prefix...), record...), "}}\n"...)
		}
	})
	b.Run("full", func(b *testing.B) { emit(b, nil, configured("a")) })
	b.Run("incremental", func(b *testing.B) {
		emit(
			b,
			sources.TimeCursor{Field: "updated_at", Order: sources.Ascending},
			configured("a:incremental"),
		)
	})
}

// BenchmarkPartitions is what the engine adds to a partition that is there already: a hundred
// thousand of them a run, with one record each. "bare" is the least there is to do: a prefix, the
// record and a suffix for each.
func BenchmarkPartitions(b *testing.B) {
	const partitions = 100_000
	record := []byte(`{"id":1,"at":"2026-01-02T03:04:05Z"}`)
	dir := b.TempDir()
	args := []string{
		"read", "--config", filepath.Join(dir, "c.json"), "--catalog", filepath.Join(dir, "k.json"),
	}
	require.NoError(b, os.WriteFile(args[2], []byte(`{}`), 0o600))
	run := func(b *testing.B, catalog string, source func() streams) {
		b.ReportAllocs()
		require.NoError(b, os.WriteFile(args[4], []byte(catalog), 0o600))
		for b.Loop() {
			code := sources.Run(b.Context(), source(), sources.Process{Args: args, Out: io.Discard})
			require.Equal(b, 0, code)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/partitions, "ns/partition")
	}
	values := make([]string, partitions)
	for i := range values {
		values[i] = fmt.Sprint(i)
	}
	child := func(p sources.Partitions) by {
		d := named("a", p)
		d.Cursor = sources.TimeCursor{Field: "at"}
		return emitting(d, record)
	}
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		prefix := []byte(`{"type":"RECORD","record":{"stream":"a","emitted_at":1,"data":`)
		buffer := make([]byte, 0, 64<<10)
		for b.Loop() {
			for range partitions {
				buffer = append(append(append(buffer[:0], prefix...), record...), "}}\n"...)
				_, _ = io.Discard.Write(buffer)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/partitions, "ns/partition")
	})
	b.Run("full", func(b *testing.B) {
		run(
			b,
			configured("a"),
			func() streams { return streams{child(sources.List("of", values...))} },
		)
	})
	b.Run("incremental", func(b *testing.B) {
		run(b, configured("a:incremental"), func() streams {
			return streams{child(sources.List("of", values...))}
		})
	})
	b.Run("by-parent", func(b *testing.B) {
		run(b, configured("a:incremental"), func() streams {
			posts := by{sources.Description{Name: "posts"}, func(
				_ context.Context, _ sources.Slice, out *sources.Output,
			) error {
				var text []byte
				for i := range partitions {
					text = fmt.Appendf(text[:0], `{"id":%d}`, i)
					if err := out.Raw(text); err != nil {
						return err
					}
				}
				return nil
			}}
			return streams{child(sources.Parent{Stream: posts, Key: "id", As: "of"})}
		})
	})
}
