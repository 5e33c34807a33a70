package sources_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

func TestReadCountsBetweenStates(t *testing.T) {
	t.Parallel()
	ascending := sources.IntCursor{Field: "id", Order: sources.Ascending}
	got := read(t, streams{reader{"a", ascending, func(
		_ context.Context, _ sources.Slice, out *sources.Output,
	) error {
		for id := range 7 {
			if err := out.Raw(fmt.Appendf(nil, `{"id":%d}`, id)); err != nil {
				return err
			}
			if id%3 == 2 {
				if err := out.Checkpoint(nil); err != nil {
					return err
				}
			}
		}
		return nil
	}}}, command{catalog: configured("a:incremental"), options: everyState})
	require.Equal(t, 0, got.code)
	var counts []protocol.Count
	records := protocol.Count(0)
	for _, m := range got.messages {
		switch m.Type {
		case protocol.MessageRecord:
			records++
		case protocol.MessageState:
			counts = append(counts, *m.State.SourceStats.RecordCount)
			assert.Equal(
				t,
				records,
				*m.State.SourceStats.RecordCount,
				"records since the last state",
			)
			records = 0
		}
	}
	assert.Equal(t, []protocol.Count{3, 3, 1}, counts)
	assert.Equal(t, []string{`{"id":1}`, `{"id":4}`, `{"id":6}`}, got.states("a"))
}

func TestReadState(t *testing.T) {
	t.Parallel()
	day := func(n int) string { return fmt.Sprintf("2026-01-%02dT00:00:00Z", n) }
	cursor := sources.TimeCursor{Field: "at", Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	var from atomic.Value
	source := streams{reader{"a", cursor, func(
		_ context.Context, s sources.Slice, out *sources.Output,
	) error {
		from.Store(s.From.String())
		return out.Raw(fmt.Appendf(nil, `{"at":%q}`, day(9)))
	}}}
	for _, test := range []struct {
		name, state, from string
		last              string
	}{
		{"none", "", day(1), `{"at":"` + day(9) + `"}`},
		{"empty file", " ", day(1), `{"at":"` + day(9) + `"}`},
		{"empty object", `{}`, day(1), `{"at":"` + day(9) + `"}`},
		{"empty array", `[]`, day(1), `{"at":"` + day(9) + `"}`},
		{"of another stream", savedStates(map[string]string{"b": `{"at":7}`}), day(1), `{"at":"` + day(9) + `"}`},
		{"of this one", savedStates(map[string]string{"a": `{"at":"` + day(5) + `"}`}), day(5), `{"at":"` + day(9) + `"}`},
		{"legacy", `{"a":{"at":"` + day(5) + `"}}`, day(5), `{"at":"` + day(9) + `"}`},
		{"newer than the records", savedStates(map[string]string{"a": `{"at":"` + day(20) + `"}`}), day(20), `{"at":"` + day(20) + `"}`},
		{"from the future", savedStates(map[string]string{"a": `{"at":"2999-01-01T00:00:00Z"}`}), "", `{"at":"2999-01-01T00:00:00Z"}`},
	} {
		from.Store("")
		got := read(t, source, command{catalog: configured("a:incremental"), state: test.state})
		require.Equal(t, 0, got.code, test.name)
		assert.Equal(t, test.from, from.Load(), test.name)
		states := got.states("a")
		assert.Equal(t, test.last, states[len(states)-1], test.name)
	}
	for state, want := range map[string]string{
		`7`:         "state",
		`[7]`:       "state",
		`{"a":`:     "state",
		`[{"x":1}]`: "state",
		savedStates(map[string]string{"a": `{"at":17}`}): `saved state of stream a has no usable value for the cursor field "at"`,
	} {
		got := read(t, source, command{catalog: configured("a:incremental"), state: state})
		assert.Equal(t, 1, got.code, state)
		assert.Contains(t, got.oneError(t).Message, want, state)
		assert.Equal(t, protocol.ConfigError, got.oneError(t).FailureType, state)
	}
}

func TestReadFullRefreshIgnoresState(t *testing.T) {
	t.Parallel()
	got := read(t, streams{listed("a", sources.IntCursor{Field: "id"}, numbers(1)...)}, command{
		catalog: configured("a"), state: savedStates(map[string]string{"a": `{"id":5}`}),
	})
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{`{"__ab_no_cursor_state_message":true}`}, got.states("a"))
}

func TestReadPacesStates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cursor := sources.IntCursor{Field: "id", Order: sources.Ascending}
		source := streams{reader{"a", cursor, func(
			_ context.Context, _ sources.Slice, out *sources.Output,
		) error {
			for id := range 100 {
				pause(time.Second)
				if err := out.Raw(fmt.Appendf(nil, `{"id":%d}`, id)); err != nil {
					return err
				}
				if err := out.Checkpoint(nil); err != nil {
					return err
				}
			}
			return nil
		}}}
		got := read(t, source, command{catalog: configured("a:incremental")})
		assert.InDelta(t, 8, len(got.states("a")), 1, "one at once, six after 15 s each, the last")
	})
}

func TestReadStatesWithoutCheckpoints(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := streams{&sources.StreamOf[json.RawMessage]{
			Name: "a", Schema: anyObject,
			Cursor: sources.IntCursor{Field: "id", Order: sources.Ascending},
			Read: func(context.Context, sources.Slice) iter.Seq2[json.RawMessage, error] {
				return func(yield func(json.RawMessage, error) bool) {
					for _, r := range numbers(1, 2, 3, 4, 5, 6) {
						pause(10 * time.Second)
						if !yield(r, nil) {
							return
						}
					}
				}
			},
		}}
		got := read(t, source, command{catalog: configured("a:incremental")})
		require.Greater(
			t,
			len(got.states("a")),
			2,
			"a stream that offers no moment gets states too",
		)
		assert.Equal(t, `{"id":6}`, got.states("a")[len(got.states("a"))-1])
	})
}
