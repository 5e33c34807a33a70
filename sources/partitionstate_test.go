package sources_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// day is a time of January 2026.
func day(n int) string { return fmt.Sprintf("2026-01-%02dT00:00:00Z", n) }

var january = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// dated is a stream by partitions whose slices hold one record at each of the given days of their
// partition, and which notes from where each is read.
func dated(p sources.Partitions, key string, days map[string][]int, from map[string]string) by {
	d := named("a", p)
	d.Cursor = sources.TimeCursor{
		Field: "at",
		Start: january,
		End:   january.Add(30 * 24 * time.Hour),
	}
	return by{d, func(_ context.Context, s sources.Slice, out *sources.Output) error {
		of := s.Partition.Get(key)
		from[of] = s.From.String()
		for _, n := range days[of] {
			if day(n) < s.From.String() {
				continue
			}
			if err := out.Raw(fmt.Appendf(nil, `{"of":%q,"at":%q}`, of, day(n))); err != nil {
				return err
			}
		}
		return nil
	}}
}

// readOn reads a stream from a state and returns the last state and from where each partition was
// read.
func readOn(
	t *testing.T, state string, p sources.Partitions, days map[string][]int, opts ...sources.Option,
) (last string, from map[string]string, logs string) {
	t.Helper()
	from = map[string]string{}
	got := read(t, streams{dated(p, "of", days, from)}, command{
		catalog: configured("a:incremental"), state: savedStates(map[string]string{"a": state}),
		options: append(opts, sources.Concurrency(1)),
	})
	require.Equal(t, 0, got.code, got.logs())
	states := got.states("a")
	return states[len(states)-1], from, got.logs()
}

func TestPartitionStates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		abc := sources.List("of", "a", "b", "c")
		days := map[string][]int{"a": {2, 3}, "b": {5}}
		last, from, _ := readOn(t, `{}`, abc, days)
		assert.Equal(t, map[string]string{"a": day(1), "b": day(1), "c": day(1)}, from)
		assert.JSONEq(t, `{"use_global_cursor":false,"lookback_window":0,
			"state":{"at":"`+day(5)+`"},"states":[
			{"partition":{"of":"a"},"cursor":{"at":"`+day(3)+`"}},
			{"partition":{"of":"b"},"cursor":{"at":"`+day(5)+`"}},
			{"partition":{"of":"c"},"cursor":{"at":"`+day(1)+`"}}],
			"go_cdk":{"version":1,"all_partitions":true}}`, last)

		// Known partitions go on, a new one begins at its beginning, one that is gone is kept.
		days["d"] = []int{2, 4}
		last, from, _ = readOn(t, last, sources.List("of", "a", "b", "d"), days)
		assert.Equal(t, map[string]string{"a": day(3), "b": day(5), "d": day(1)}, from)
		assert.Contains(t, last, `{"partition":{"of":"c"},"cursor":{"at":"`+day(1)+`"}}`)
		assert.Contains(t, last, `{"partition":{"of":"d"},"cursor":{"at":"`+day(4)+`"}}`)

		// The Python kit lets a new partition begin at the position of all.
		python := fmt.Sprintf(`{"use_global_cursor":false,"lookback_window":86400,
			"state":{"at":%q},"states":[{"partition":{"of":"a"},"cursor":{"at":%q}}]}`,
			day(5), day(3))
		_, from, _ = readOn(t, python, sources.List("of", "a", "d"), days)
		assert.Equal(t, map[string]string{"a": day(3), "d": day(4)}, from)

		// One that had no partitions when it was written counts for all of them.
		_, from, _ = readOn(t, `{"at":"`+day(4)+`"}`, abc, days)
		assert.Equal(t, map[string]string{"a": day(4), "b": day(4), "c": day(4)}, from)
	})
}

func TestPartitionsBeyondTheLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limit := sources.PartitionLimit(2)
		days := map[string][]int{"a": {2, 3}, "b": {5}, "c": {4}}
		abc := sources.List("of", "a", "b", "c")
		last, _, logs := readOn(t, `{}`, abc, days, limit)
		assert.Contains(t, logs, "has more than 2 partitions")
		assert.JSONEq(t, `{"use_global_cursor":true,"lookback_window":0,
			"state":{"at":"`+day(5)+`"},"go_cdk":{"version":1}}`, last)

		withLookback := strings.Replace(last, `"lookback_window":0`, `"lookback_window":86400`, 1)
		_, from, _ := readOn(t, withLookback, abc, days, limit)
		assert.Equal(t, map[string]string{"a": day(4), "b": day(4), "c": day(4)}, from)

		// Partitions that are gone make room for new ones.
		last, _, _ = readOn(t, `{}`, sources.List("of", "a", "b"), days, limit)
		last, _, logs = readOn(t, last, sources.List("of", "b", "c"), days, limit)
		assert.NotContains(t, logs, "has more than")
		assert.NotContains(t, last, `{"of":"a"}`)
		assert.Contains(t, last, `{"of":"c"}`)
	})
}

// An integer of one partition says nothing of another, so nothing can stand for all.
func TestIntegersBeyondTheLimit(t *testing.T) {
	t.Parallel()
	d := named("a", sources.List("of", "a", "b", "c"))
	d.Cursor = sources.IntCursor{Field: "id"}
	source := streams{emitting(d, numbers(7)...)}
	got := read(t, source, command{
		catalog: configured("a:incremental"),
		options: []sources.Option{sources.PartitionLimit(2), sources.Concurrency(1)},
	})
	require.Equal(t, 0, got.code)
	assert.Contains(t, got.logs(), "the others are read from the beginning next time")
	states := got.states("a")
	assert.Contains(t, states[len(states)-1], `"use_global_cursor":false`)
}

func TestPartitionStateMistakes(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{
		`{"states":7}`:                        `has a member "states" of another kind`,
		`{"states":[],"lookback_window":"x"}`: `"lookback_window" that is not a number`,
		`{"states":[{"partition":{"of":"a"},"cursor":{"at":"x"}}]}`: `in the partition {"of":"a"}`,
		`{"states":[{"partition":{"of":"a"},"cursor":7}]}`:          "is not a JSON object",
		`{"states":[],"state":{"at":7}}`:                            `for the cursor field "at"`,
		`{"states":[],"go_cdk":{"version":99}}`:                     "newer version",
		`{"states":[],"go_cdk":{"version":1,"highest":"x"}}`:        "no usable value",
	} {
		source := streams{dated(sources.List("of", "a"), "of", nil, map[string]string{})}
		got := read(t, source, command{
			catalog: configured("a:incremental"), state: savedStates(map[string]string{"a": state}),
		})
		assert.Equal(t, 1, got.code, state)
		e := got.oneError(t)
		assert.Contains(t, e.Message, want, state)
		assert.Contains(t, e.Message, "Reset the stream", "the sentence must say what to do")
		assert.Equal(t, protocol.ConfigError, e.FailureType)
	}
}

func TestIncrementalParent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		posts := emitting(sources.Description{Name: "posts", Cursor: sources.IntCursor{
			Field: "n", Order: sources.Ascending,
		}}, []byte(`{"id":"a","n":1}`), []byte(`{"id":"b","n":2}`), []byte(`{"id":"c","n":3}`))
		var from string
		reading := posts.read
		posts.read = func(ctx context.Context, s sources.Slice, out *sources.Output) error {
			from = s.From.String()
			return reading(ctx, s, out)
		}
		parent := sources.Parent{Stream: posts, Key: "id", As: "of", Incremental: true}
		last, _, _ := readOn(t, `{}`, parent, map[string][]int{"a": {1}, "b": {2}})
		assert.Contains(t, last, `"parent_state":{"posts":{"n":3}}`)
		assert.Empty(t, from)
		_, _, _ = readOn(t, last, parent, nil)
		assert.Equal(t, "3", from)
	})
}

// A child that fails holds its parent's position.
func TestIncrementalParentWaitsForItsChildren(t *testing.T) {
	t.Parallel()
	posts := emitting(sources.Description{Name: "posts", Cursor: sources.IntCursor{
		Field: "n", Order: sources.Ascending,
	}}, []byte(`{"id":"a","n":1}`), []byte(`{"id":"b","n":2}`), []byte(`{"id":"c","n":3}`))
	parent := sources.Parent{Stream: posts, Key: "id", As: "of", Incremental: true}
	child := by{
		named("a", parent),
		func(_ context.Context, s sources.Slice, _ *sources.Output) error {
			if s.Partition.Get("of") == "b" {
				return errors.New("gone")
			}
			return nil
		},
	}
	child.Cursor = sources.IntCursor{Field: "id"}
	got := read(t, streams{child}, command{
		catalog: configured("a:incremental"), options: append(everyState, sources.Concurrency(1)),
	})
	assert.Equal(t, 1, got.code)
	for _, state := range got.states("a") {
		assert.NotContains(t, state, `{"n":2}`)
		assert.NotContains(t, state, `{"n":3}`)
	}
}

// moved is a source whose older version wrote another state.
type moved struct{ streams }

func (moved) MigrateState(stream protocol.Descriptor, old []byte) ([]byte, error) {
	if strings.Contains(string(old), "broken") {
		return nil, errors.New("nobody knows this one")
	}
	return []byte(strings.ReplaceAll(string(old), `"`+stream.Name+`_id"`, `"id"`)), nil
}

func TestMigrateState(t *testing.T) {
	t.Parallel()
	source := moved{streams{listed("a", sources.IntCursor{Field: "id"}, numbers(7)...)}}
	got := call(t, source, command{
		verb: "read", config: `{}`, catalog: configured("a:incremental"),
		state: savedStates(map[string]string{"a": `{"a_id":9}`}),
	})
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{`{"id":9}`}, got.states("a"))
	got = call(t, source, command{
		verb: "read", config: `{}`, catalog: configured("a:incremental"),
		state: savedStates(map[string]string{"a": `{"broken":9}`}),
	})
	assert.Contains(t, got.oneError(t).Message, "nobody knows this one")
}
