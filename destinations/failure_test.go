package destinations_test

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/protocol"
)

func TestRejectedRecords(t *testing.T) {
	t.Parallel()
	f := &fake{load: func(_ context.Context, b *destinations.Batch) error {
		for r := range b.Records() {
			if strings.Contains(string(r.Data), "bad") {
				b.Reject(r, errors.New("field k is bad"))
				b.Reject(r, errors.New("and again"))
			}
		}
		return nil
	}}
	lines := []string{record("a", `{"k":"bad"}`), record("a", `{"k":1}`), streamState("a", 1),
		record("a", `{}`), streamState("a", 2)}
	for range 20 {
		lines = append(lines, record("a", `{"k":"bad"}`))
	}
	lines = append(lines, record("a", `{"k":2}`), streamState("a", 3))
	got := writeLines(t, f, catalogOf("a"), lines...)
	assert.Equal(t, 0, got.code)
	assert.Equal(t, []string{"1:1-1", "2:0-1", "3:1-20"}, got.stateIDs())
	assert.Contains(t, got.logs(), "WARN A record of stream a was rejected: field k is bad.")
	assert.Equal(t, 5, strings.Count(got.logs(), "was rejected"))
	assert.Contains(t, got.logs(), "records=2 rejected=22")
}

func TestLoaderFailure(t *testing.T) {
	for name, c := range map[string]struct {
		err       error
		want      string
		wantsType protocol.FailureType
	}{
		"plain": {
			errors.New("disk full"),
			"Stream bad could not be written: disk full.",
			protocol.SystemError,
		},
		"typed": {
			protocol.Errorf(protocol.ConfigError, "Grant INSERT."),
			"Grant INSERT.",
			protocol.ConfigError,
		},
		"too late": {
			context.DeadlineExceeded,
			"could not be written in time",
			protocol.TransientError,
		},
		"panic": {nil, "The connector crashed while it wrote stream bad.", protocol.SystemError},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{load: func(_ context.Context, b *destinations.Batch) error {
				if b.Stream.Name != "bad" {
					time.Sleep(10 * time.Second) // in hand when the other one fails
					return nil
				}
				time.Sleep(time.Second)
				if c.err == nil {
					panic("oh")
				}
				return c.err
			}}
			got := call(t, f, command{catalog: catalogOf("good", "bad"),
				options: []destinations.Option{destinations.StateInterval(0)},
				input: strings.NewReader(join([]string{
					record("good", `{"i":1}`), streamState("good", 1),
					record("bad", `{"i":1}`), streamState("bad", 2),
				}))})
			assert.Equal(t, 1, got.code, name)
			require.Len(t, got.errors(), 1, name)
			assert.Contains(t, got.errors()[0].Message, c.want, name)
			assert.Equal(t, c.wantsType, got.errors()[0].FailureType, name)
			assert.Equal(t, "bad", got.errors()[0].Descriptor.Name, name)
			assert.Equal(t, []string{"1:1"}, got.stateIDs(), "%s: the other's load ends", name)
			assert.Empty(t, f.finished, name)
			assert.Equal(t, 1, f.closed, name)
		})
	}
}

func TestFailuresOutsideOfLoading(t *testing.T) {
	t.Parallel()
	boom := errors.New("no route")
	for name, c := range map[string]struct {
		f    *fake
		want string
	}{
		"open": {
			&fake{open: func(context.Context, []destinations.Stream) error { return boom }},
			"The destination could not be opened: no route.",
		},
		"open panics": {
			&fake{open: func(context.Context, []destinations.Stream) error { panic(boom) }},
			"Something went wrong in the connector during write.",
		},
		"finish": {
			&fake{finish: func(context.Context, destinations.Stream) error { return boom }},
			"Stream a could not be written: no route.",
		},
		"finish panics": {
			&fake{finish: func(context.Context, destinations.Stream) error { panic(boom) }},
			"crashed while it finished stream a.",
		},
		"close": {
			&fake{close: func() error { return boom }},
			"The destination could not be closed: no route.",
		},
		"close panics": {
			&fake{close: func() error { panic(boom) }},
			"crashed while it closed the destination.",
		},
	} {
		got := writeLines(t, c.f, catalogOf("a"), record("a", `{"i":1}`), streamState("a", 1))
		assert.Equal(t, 1, got.code, name)
		require.Len(t, got.errors(), 1, name)
		assert.Contains(t, got.errors()[0].Message, c.want, name)
	}
}

func TestStopFinishesTheBatchInHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		f := &fake{load: func(ctx context.Context, _ *destinations.Batch) error {
			time.Sleep(5 * time.Second)
			return ctx.Err()
		}}
		in := newPipe(t)
		go func() {
			in.lines(record("a", `{"i":1}`), streamState("a", 1))
			time.Sleep(time.Second)
			in.lines(record("a", `{"i":2}`), streamState("a", 2)) // waits behind the first
			time.Sleep(time.Second)
			cancel(entry.Interrupted{Signal: syscall.SIGTERM})
			time.Sleep(time.Minute)
			in.end()
		}()
		begun := time.Now()
		got := call(t, f, command{ctx: ctx, catalog: catalogOf("a"), input: in.r,
			options: []destinations.Option{destinations.StateInterval(0)}})
		assert.Equal(t, 5*time.Second, time.Since(begun))
		assert.Equal(t, 143, got.code)
		assert.Equal(t, []string{"1:1"}, got.stateIDs())
		require.Len(t, got.errors(), 1)
		assert.Empty(t, f.finished)
		assert.Equal(t, 1, f.closed)
		<-in.done
	})
}

func TestStopLeavesALoaderBehindThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, heeds := range []bool{true, false} {
			ctx, cancel := context.WithCancelCause(t.Context())
			ended := make(chan struct{})
			f := &fake{load: func(ctx context.Context, _ *destinations.Batch) error {
				<-ctx.Done()
				if !heeds {
					<-ended
				}
				return context.Cause(ctx)
			}}
			time.AfterFunc(
				10*time.Second,
				func() { cancel(entry.Interrupted{Signal: syscall.SIGTERM}) },
			)
			begun := time.Now()
			got := call(t, f, command{ctx: ctx, catalog: catalogOf("a"),
				input: strings.NewReader(record("a", `{"i":1}`))})
			assert.Equal(t, 143, got.code)
			if heeds {
				assert.Equal(t, 30*time.Second, time.Since(begun))
				assert.Equal(t, 1, f.closed)
			} else {
				assert.Equal(t, 35*time.Second, time.Since(begun))
				assert.Equal(t, 0, f.closed, "its loader still runs")
				assert.Contains(t, got.logs(), "left behind")
			}
			close(ended)
		}
	})
}
