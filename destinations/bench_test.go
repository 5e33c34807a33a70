package destinations_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// columns is a record of n fields: 5 make about 100 bytes, 20 about 500.
func columns(n int) string {
	var text strings.Builder
	text.WriteString(`{"id":12345`)
	for i := range n - 1 {
		if i%2 == 0 {
			fmt.Fprintf(&text, `,"field_%d":"some text of %d"`, i, i)
		} else {
			fmt.Fprintf(&text, `,"number_%d":%d.5`, i, i*1000)
		}
	}
	text.WriteString(`}`)
	return text.String()
}

// endless gives one text again and again, until so many bytes were read.
type endless struct {
	text []byte
	at   int
	left int64
}

func newEndless(line string, count int) *endless {
	block := strings.Repeat(line+"\n", 1000)
	return &endless{text: []byte(block), left: int64(len(line)+1) * int64(count)}
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), e.left)], e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	e.left -= int64(n)
	return n, nil
}

// idle is a loader that does nothing, or looks at each record.
type idle struct{ looks bool }

func (idle) Check(context.Context, none) error { return nil }

func (i idle) Open(context.Context, none, []destinations.Stream) (destinations.Loader, error) {
	return i, nil
}

func (i idle) Load(_ context.Context, b *destinations.Batch) error {
	for r := range b.Records() {
		if !i.looks || len(r.Data) == 0 {
			break
		}
	}
	return nil
}

func (idle) Finish(context.Context, destinations.Stream) error { return nil }
func (idle) Close() error                                      { return nil }

// BenchmarkWrite is what the engine costs for a record: from the line to a loader that does
// nothing. "bare" reads the same lines and walks them to the data, which is the least there is to
// do; "codec" is the way through protocol.Reader.
func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{5, 20} {
		line := record("a", columns(n))
		b.Run(fmt.Sprintf("%d columns/bare", n), func(b *testing.B) { bare(b, line) })
		for _, streams := range []int{1, 10} {
			b.Run(fmt.Sprintf("%d columns/%d streams", n, streams), func(b *testing.B) {
				engineOf(b, line, streams)
			})
		}
		b.Run(fmt.Sprintf("%d columns/codec", n), func(b *testing.B) { codec(b, line) })
	}
}

func bare(b *testing.B, line string) {
	b.ReportAllocs()
	b.SetBytes(int64(len(line)))
	lines := protocol.NewReader(newEndless(line, b.N), protocol.ReaderOptions{})
	found := 0
	for text, err := range lines.Lines() {
		if err != nil {
			b.Fatal(err)
		}
		for w := jsonraw.Walk(text); w.NextName(); {
			inner, ok := w.Enter()
			if !ok {
				w.ReadValue()
				continue
			}
			for inner.Next() {
				if string(inner.Name()) == "data" {
					found++
				}
			}
			w.Leave(&inner)
		}
	}
	require.Equal(b, b.N, found)
}

func codec(b *testing.B, line string) {
	b.ReportAllocs()
	b.SetBytes(int64(len(line)))
	lines := protocol.NewReader(newEndless(line, b.N), protocol.ReaderOptions{})
	for _, err := range lines.Messages() {
		if err != nil {
			b.Fatal(err)
		}
	}
}

func engineOf(b *testing.B, line string, streams int) {
	b.ReportAllocs()
	b.SetBytes(int64(len(line)))
	names := []string{"a"}
	for i := range streams - 1 {
		names = append(names, fmt.Sprintf("b%d", i))
	}
	in := newEndless(line, b.N)
	if streams > 1 { // each stream in turn; the names are as long as can be told apart
		var block bytes.Buffer
		for i := range 1000 {
			block.WriteString(
				strings.Replace(line, `"a"`, fmt.Sprintf("%q", names[i%streams]), 1) + "\n",
			)
		}
		in.text = block.Bytes()
		in.left = int64(len(in.text)) * int64(b.N/1000)
	}
	args := []string{
		"write", "--config", tempFile(b, "c", "{}"),
		"--catalog", tempFile(b, "k", catalogOf(names...)),
	}
	b.ResetTimer()
	code := destinations.Run(b.Context(), idle{looks: true}, destinations.Process{
		Args: args, In: in, Out: io.Discard,
	})
	require.Equal(b, 0, code)
}

// BenchmarkRows decodes each record, as a loader that wants Go values does.
func BenchmarkRows(b *testing.B) {
	type row struct {
		ID    int64  `json:"id"`
		Field string `json:"field_0"`
	}
	b.ReportAllocs()
	decoded := 0
	load := func(_ context.Context, batch *destinations.Batch) error {
		for _, err := range destinations.Rows[row](batch) {
			if err != nil {
				return err
			}
			decoded++
		}
		return nil
	}
	got := call(b, rowsOnly{load}, command{
		catalog: catalogOf("a"), input: newEndless(record("a", columns(5)), b.N),
	})
	require.Equal(b, 0, got.code)
	require.Equal(b, b.N, decoded)
}

// rowsOnly keeps nothing.
type rowsOnly struct {
	load func(context.Context, *destinations.Batch) error
}

func (rowsOnly) Check(context.Context, none) error { return nil }

func (r rowsOnly) Open(context.Context, none, []destinations.Stream) (destinations.Loader, error) {
	return r, nil
}

func (r rowsOnly) Load(ctx context.Context, b *destinations.Batch) error { return r.load(ctx, b) }

func (rowsOnly) Finish(context.Context, destinations.Stream) error { return nil }
func (rowsOnly) Close() error                                      { return nil }
