package sources_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// stuck is a stream that stops after a record. It goes on when release is closed, or when it is
// told to end, if it listens.
func stuck(name string, listens bool, release chan struct{}) by {
	return by{sources.Description{Name: name, Cursor: sources.IntCursor{
		Field: "id", Order: sources.Ascending,
	}}, func(ctx context.Context, _ sources.Slice, out *sources.Output) error {
		for _, r := range numbers(1, 2) {
			if err := out.Raw(r); err != nil {
				return err
			}
		}
		if !listens {
			ctx = context.Background()
		}
		select {
		case <-release:
		case <-ctx.Done():
			return ctx.Err()
		}
		return out.Raw([]byte(`{"id":3}`))
	}}
}

func TestStalledStreamIsEnded(t *testing.T) {
	t.Parallel()
	for _, listens := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			began := time.Now()
			good := by{sources.Description{Name: "good"}, func(
				_ context.Context, _ sources.Slice, out *sources.Output,
			) error {
				for range 3 {
					pause(time.Hour)
					if err := out.Raw([]byte(`{"id":1}`)); err != nil {
						return err
					}
				}
				return nil
			}}
			source := streams{stuck("a", listens, release), good}
			c := command{
				catalog: configured("a:incremental", "good"),
				options: []sources.Option{
					sources.StallTimeout(
						2 * time.Hour,
					), sources.Heartbeat(0), sources.Concurrency(2),
				},
			}
			if listens {
				got := read(t, source, c)
				mustHaveStalled(t, got, began)
				return
			}
			// Code that does not listen cannot be ended, only left behind.
			got := readLeaving(t, source, c, release)
			mustHaveStalled(t, got, began)
			assert.Equal(t, []string{`{"id":1}`, `{"id":2}`}, got.records("a"))
		})
	}
}

func mustHaveStalled(t *testing.T, got transcript, began time.Time) {
	t.Helper()
	assert.Equal(t, 1, got.code)
	e := got.oneError(t)
	assert.Equal(t, protocol.TransientError, e.FailureType)
	assert.Contains(t, e.Message, "Stream a has made no progress for 2h")
	assert.Equal(t, []string{"STARTED", "RUNNING", "COMPLETE"}, got.statuses("good"))
	assert.Equal(t, []string{"STARTED", "RUNNING", "INCOMPLETE"}, got.statuses("a"))
	states := got.states("a")
	assert.Equal(t, `{"id":1}`, states[len(states)-1])
	assert.Less(t, time.Since(began), 4*time.Hour)
}

// readLeaving is read for a source that leaves goroutines behind, until release is closed.
func readLeaving(t *testing.T, s streams, c command, release chan struct{}) transcript {
	t.Helper()
	c.leaves = true
	got := read(t, s, c)
	close(release)
	synctest.Wait()
	return got
}

func TestWaitsThatAreNoStall(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]func(ctx context.Context, out *sources.Output) error{
		"a rate limit": func(ctx context.Context, _ *sources.Output) error {
			sources.RateLimited(ctx, time.Now().Add(5*time.Hour))
			pause(5 * time.Hour)
			return nil
		},
		"checkpoints": func(_ context.Context, out *sources.Output) error {
			for range 10 {
				pause(30 * time.Minute)
				if err := out.Checkpoint(nil); err != nil {
					return err
				}
			}
			return nil
		},
		"slow records": func(_ context.Context, out *sources.Output) error {
			for id := range 10 {
				pause(30 * time.Minute)
				if err := out.Raw(fmt.Appendf(nil, `{"id":%d}`, id)); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				source := streams{by{sources.Description{Name: "a"}, func(
					ctx context.Context, _ sources.Slice, out *sources.Output,
				) error {
					return errors.Join(wait(ctx, out), out.Raw([]byte(`{"id":1}`)))
				}}}
				got := read(t, source, command{})
				require.Equal(t, 0, got.code, got.logs())
			})
		})
	}
}

// While nothing comes, the last state is repeated: with the records since the one before it.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ascending := sources.IntCursor{Field: "id", Order: sources.Ascending}
		source := streams{reader{"a", ascending, func(
			_ context.Context, _ sources.Slice, out *sources.Output,
		) error {
			for _, r := range numbers(1, 2, 3) {
				if err := out.Raw(r); err != nil {
					return err
				}
			}
			pause(55*time.Minute + time.Second) // the end is at no tick of the watchdog
			return out.Raw([]byte(`{"id":4}`))
		}}}
		got := read(t, source, command{
			catalog: configured("a:incremental"),
			options: []sources.Option{sources.Heartbeat(10 * time.Minute)},
		})
		require.Equal(t, 0, got.code)
		states := got.states("a")
		require.GreaterOrEqual(t, len(states), 5)
		require.LessOrEqual(t, len(states), 8)
		for _, s := range states[:len(states)-1] {
			assert.Equal(t, `{"id":2}`, s)
		}
		assert.Equal(t, `{"id":4}`, states[len(states)-1])
		var counts protocol.Count
		for _, m := range got.messages {
			if m.Type == protocol.MessageState {
				counts += *m.State.SourceStats.RecordCount
			}
		}
		assert.EqualValues(t, 4, counts)
	})
}

func TestStoppedReadDoesNotWaitForCodeThatDoesNotListen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			pause(time.Minute)
			cancel()
		}()
		began := time.Now()
		release := make(chan struct{})
		got := readLeaving(t, streams{stuck("a", false, release)}, command{
			ctx: ctx, catalog: configured("a:incremental"),
		}, release)
		assert.NotEqual(t, 0, got.code)
		assert.Less(t, time.Since(began), 2*time.Minute)
		states := got.states("a")
		assert.Equal(t, `{"id":1}`, states[len(states)-1])
		assert.Equal(t, []string{`{"id":1}`, `{"id":2}`}, got.records("a"))
	})
}
