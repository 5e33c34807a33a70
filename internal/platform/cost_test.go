package platform

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/envelope"
	"github.com/airbyte-go/cdk/internal/process"
	"github.com/airbyte-go/cdk/protocol"
)

// BenchmarkMiddle measures what the platform between two processes costs: lines come out of one
// pipe and go into another, whose end discards them.
//
//	copy      they are only copied, as a shell's pipe does
//	walk      each line is walked to its data and written on
//	platform  all that a sync does with them
//
// Run it with:
//
//	go test ./internal/platform -run '^$' -bench Middle
func BenchmarkMiddle(b *testing.B) {
	const records = 100_000
	for _, columns := range []int{5, 20} {
		text := recordLines(columns, records)
		for _, c := range []struct {
			name string
			pass func(b *testing.B, r io.Reader, w io.Writer)
		}{{"copy", copyAll}, {"walk", walkAll}, {"platform", intakeAll}} {
			b.Run(fmt.Sprintf("columns=%d/%s", columns, c.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					between(b, text, c.pass)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/record")
				b.ReportMetric(float64(len(text))/records, "bytes/record")
			})
		}
	}
}

// recordLines are records of one stream, with a state after every 10,000.
func recordLines(columns, records int) string {
	var text strings.Builder
	for i := range records {
		text.WriteString(`{"type":"RECORD","record":{"stream":"a","emitted_at":1700000000000,"data":{`)
		for c := range columns {
			if c > 0 {
				text.WriteByte(',')
			}
			fmt.Fprintf(&text, `"column_%d":"value %d"`, c, i)
		}
		text.WriteString("}}}\n")
		if i%10_000 == 9_999 {
			fmt.Fprintf(&text, `{"type":"STATE","state":{"type":"STREAM","stream":{`+
				`"stream_descriptor":{"name":"a"},"stream_state":{"i":%d}}}}`+"\n", i)
		}
	}
	return text.String()
}

// between puts pass between two pipes.
func between(b *testing.B, text string, pass func(b *testing.B, r io.Reader, w io.Writer)) {
	b.Helper()
	fromSource, source, err := os.Pipe()
	require.NoError(b, err)
	destination, toDestination, err := os.Pipe()
	require.NoError(b, err)
	process.GrowPipe(source)
	process.GrowPipe(toDestination)
	var ends sync.WaitGroup
	ends.Go(func() {
		for rest := text; rest != ""; { // as a source writes
			n, err := source.WriteString(rest[:min(len(rest), forwardSize)])
			if err != nil {
				return
			}
			rest = rest[n:]
		}
		_ = source.Close()
	})
	ends.Go(func() {
		scrap := make([]byte, forwardSize)
		for {
			if _, err := destination.Read(scrap); err != nil {
				return
			}
		}
	})
	pass(b, fromSource, toDestination)
	require.NoError(b, toDestination.Close())
	ends.Wait()
	_, _ = fromSource.Close(), destination.Close()
}

// copyAll hides that both are files, so that the system is not asked to do it alone.
func copyAll(b *testing.B, r io.Reader, w io.Writer) {
	b.Helper()
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r},
		make([]byte, forwardSize))
	require.NoError(b, err)
}

func walkAll(b *testing.B, r io.Reader, w io.Writer) {
	b.Helper()
	to := bufio.NewWriterSize(w, forwardSize)
	var env envelope.Message
	for line, err := range protocol.NewReader(r, protocol.ReaderOptions{}).Lines() {
		require.NoError(b, err)
		if env.Open(line) == nil {
			_, _ = to.Write(line)
			_ = to.WriteByte('\n')
		}
	}
	require.NoError(b, to.Flush())
}

func intakeAll(b *testing.B, r io.Reader, w io.Writer) {
	b.Helper()
	s := &Sync{Catalog: &protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{{
		Stream: protocol.Stream{Name: "a"}, SyncMode: protocol.SyncIncremental,
		DestinationSyncMode: protocol.DestinationAppendDedup, PrimaryKey: [][]string{{"column_0"}},
	}}}}
	s.memory = newMemory()
	s.board.open(s.Catalog, s.memory)
	in := newIntake(s.newAttempt(1), w)
	require.NoError(b, in.read(r))
	require.NoError(b, in.to.Flush())
}
