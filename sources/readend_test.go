package sources_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

func TestReadLimitAndStreams(t *testing.T) {
	t.Parallel()
	source := streams{listed("a", nil, numbers(1, 2, 3)...), listed("b", nil, numbers(4, 5, 6)...)}
	got := read(t, source, command{flags: []string{"--limit", "2", "--streams", "b"}})
	require.Equal(t, 0, got.code, got.stderr)
	assert.Empty(t, got.records("a"))
	assert.Equal(t, []string{`{"id":4}`, `{"id":5}`}, got.records("b"))
	for _, m := range got.messages {
		if m.Type == protocol.MessageState {
			mark, _ := m.State.Extra.Get("go_cdk")
			assert.JSONEq(t, `{"complete":false}`, string(mark), "a limited read is not complete")
		}
	}
	waiting := reader{"a", sources.IntCursor{Field: "id", Start: 1, End: 20, Step: 10}, func(
		ctx context.Context, s sources.Slice, out *sources.Output,
	) error {
		if s.From.Int() > 1 {
			<-ctx.Done()
			return ctx.Err()
		}
		return errors.Join(out.Raw([]byte(`{"id":1}`)), out.Raw([]byte(`{"id":2}`)))
	}}
	got = read(t, streams{waiting}, command{flags: []string{"--limit", "1"}})
	assert.Equal(t, 0, got.code, "slices in flight do not hold up the end")
	got = read(t, source, command{flags: []string{"--streams", "a,ghost"}})
	assert.Equal(t, 1, got.code)
	assert.Contains(
		t,
		got.oneError(t).Message,
		`"ghost", which the source does not have. It has: a, b.`,
	)
	for _, flags := range [][]string{{"--limit", "x"}, {"--limit", "0"}, {"--limit", "-1"}} {
		got = read(t, source, command{flags: []string{flags[0] + "=" + flags[1]}})
		assert.Equal(t, 2, got.code, flags)
	}
	got = read(t, source, command{flags: []string{"--limit", "1"}, catalog: configured("a")})
	assert.Equal(t, 2, got.code, "the catalog says what to read")
}

func TestReadRateLimited(t *testing.T) {
	t.Parallel()
	until := time.UnixMilli(1_800_000_000_000)
	got := read(t, streams{reader{"a", nil, func(
		ctx context.Context, _ sources.Slice, out *sources.Output,
	) error {
		sources.RateLimited(ctx, until)
		return out.Raw([]byte(`{"id":1}`))
	}}}, command{})
	assert.Equal(
		t,
		[]string{"STARTED", "RUNNING RATE_LIMITED", "RUNNING", "COMPLETE"},
		got.statuses("a"),
	)
	sources.RateLimited(t.Context(), until) // outside of a read nothing happens
}

func TestReadInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cursor := sources.IntCursor{Field: "id", Order: sources.Ascending}
		source := streams{
			reader{"a", cursor, func(
				_ context.Context, _ sources.Slice, out *sources.Output,
			) error {
				for id := 1; ; id++ { // an author who does not look at the context
					if id == 5 {
						cancel()
						synctest.Wait()
					}
					if err := out.Raw(fmt.Appendf(nil, `{"id":%d}`, id)); err != nil {
						return err
					}
				}
			}},
			listed("waiting", nil, numbers(1)...),
		}
		got := read(t, source, command{
			ctx: ctx, catalog: configured("a:incremental", "waiting"),
			options: []sources.Option{sources.Concurrency(1)},
		})
		assert.Equal(t, 1, got.code)
		assert.Equal(t, `{"id":3}`, got.states("a")[len(got.states("a"))-1], "what is safe is kept")
		for _, name := range []string{"a", "waiting"} {
			statuses := got.statuses(name)
			if statuses[len(statuses)-1] != "COMPLETE" { // the pool may have served "waiting" first
				assert.Equal(t, "INCOMPLETE", statuses[len(statuses)-1], name)
			}
		}
		assert.Len(t, got.errors(), 1, "one for the process, not one for each stream")
	})
}

// limitedWriter is a stdout whose reader goes away after some bytes.
type limitedWriter struct {
	io.Writer
	left int
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return w.Writer.Write(p)
}

func TestReadStdoutClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		endless := reader{
			"a",
			nil,
			func(_ context.Context, _ sources.Slice, out *sources.Output) error {
				for id := 0; ; id++ {
					if err := out.Raw([]byte(`{"id":` + strconv.Itoa(id) + `}`)); err != nil {
						return err
					}
				}
			},
		}
		waiting := reader{
			"b",
			nil,
			func(ctx context.Context, _ sources.Slice, _ *sources.Output) error {
				<-ctx.Done()
				return ctx.Err()
			},
		}
		got := read(
			t,
			streams{endless, waiting},
			command{out: &limitedWriter{new(bytes.Buffer), 1 << 20}},
		)
		assert.Equal(t, 1, got.code)
		assert.Contains(t, got.stderr, "Standard output")
	})
}
