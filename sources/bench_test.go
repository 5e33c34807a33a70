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
