package sources_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// pause waits in virtual time.
func pause(d time.Duration) { <-time.After(d) }

// everyState makes every checkpoint write a state.
var everyState = []sources.Option{sources.StateInterval(0)}

var anyObject = sources.SchemaJSON([]byte(`{"type":"object"}`))

// reader is a stream made of a function on the lower layer.
type reader struct {
	name   string
	cursor sources.Cursor
	read   func(ctx context.Context, s sources.Slice, out *sources.Output) error
}

func (r reader) Describe() sources.Description {
	return sources.Description{Name: r.name, Schema: anyObject, Cursor: r.cursor}
}

func (r reader) ReadSlice(ctx context.Context, s sources.Slice, out *sources.Output) error {
	return r.read(ctx, s, out)
}

// listed is a stream of the given records.
func listed(name string, cursor sources.Cursor, records ...json.RawMessage) reader {
	return reader{
		name,
		cursor,
		func(_ context.Context, _ sources.Slice, out *sources.Output) error {
			for _, r := range records {
				if err := out.Raw(r); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func failing(name string, err error) reader {
	return reader{
		name,
		nil,
		func(context.Context, sources.Slice, *sources.Output) error { return err },
	}
}

func TestReadStatesTheObvious(t *testing.T) {
	t.Parallel()
	got := read(t, streams{listed("a", nil, numbers(1, 2)...), listed("empty", nil)}, command{})
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{`{"id":1}`, `{"id":2}`}, got.records("a"))
	for _, name := range []string{"a", "empty"} {
		assert.Equal(t, []string{"STARTED", "RUNNING", "COMPLETE"}, got.statuses(name))
		assert.Equal(t, []string{`{"__ab_no_cursor_state_message":true}`}, got.states(name))
	}
	assert.Empty(t, got.errors())
	assert.Contains(t, got.logs(), "Read all 2 streams. records=2")
}

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

func TestReadFailedStreamDoesNotStopOthers(t *testing.T) {
	t.Parallel()
	boom := protocol.Errorf(protocol.TransientError, "The API is down. Try again later.")
	got := read(t, streams{
		failing("typed", fmt.Errorf("page 3: %w", boom)),
		failing("plain", errors.New("no such table")),
		reader{"panics", nil, func(context.Context, sources.Slice, *sources.Output) error {
			panic("index out of range")
		}},
		listed("good", nil, numbers(1)...),
	}, command{})
	assert.Equal(t, 1, got.code)
	assert.Equal(t, []string{"STARTED", "RUNNING", "COMPLETE"}, got.statuses("good"))
	byStream := map[string]*protocol.ErrorTrace{}
	for _, e := range got.errors() {
		require.NotNil(t, e.Descriptor, "an ERROR names its stream")
		byStream[e.Descriptor.Name] = e
	}
	require.Len(t, got.errors(), 3, "one ERROR for each failed stream")
	assert.Equal(t, protocol.TransientError, byStream["typed"].FailureType)
	assert.Equal(t, "The API is down. Try again later.", byStream["typed"].Message)
	assert.Contains(t, byStream["typed"].InternalMessage, "page 3")
	assert.Equal(t, "Stream plain could not be read: no such table.", byStream["plain"].Message)
	assert.Contains(t, byStream["panics"].InternalMessage, "index out of range")
	assert.Contains(t, byStream["panics"].StackTrace, "read_test.go")
	assert.NotContains(t, byStream["panics"].Message, "index")
	for _, name := range []string{"typed", "plain", "panics"} {
		assert.Equal(t, []string{"STARTED", "INCOMPLETE"}, got.statuses(name))
		assert.Len(t, got.states(name), 1, "even a failed stream says its state")
	}
	assert.Contains(t, got.logs(), "3 of 4 streams failed: typed, plain, panics.")
}

func TestReadCatalogMistakes(t *testing.T) {
	t.Parallel()
	source := streams{listed("a", nil, numbers(1)...), listed("b", nil)}
	for _, test := range []struct {
		name, catalog, want string
	}{
		{"not JSON", `{`, "not a configured catalog"},
		{"an array", `[]`, "not a configured catalog"},
		{"wrong type", `{"streams":7}`, "not a configured catalog"},
		{"empty", `{"streams":[]}`, "selects no stream"},
		{"empty object", `{}`, "selects no stream"},
		{"twice", configured("a", "a"), "names stream a twice"},
		{"unknown", configured("ghost"), "ghost, which the source does not have. It has: a, b."},
		{"incremental", configured("a:incremental"), "supports full_refresh only"},
		{"bad mode", configured("a:sideways"), `sync mode "sideways"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := read(t, source, command{catalog: test.catalog})
			assert.Equal(t, 1, got.code)
			e := got.oneError(t)
			assert.Contains(t, e.Message, test.want)
			assert.Equal(t, protocol.ConfigError, e.FailureType)
			assert.Empty(t, got.records("a"))
		})
	}
}

func TestReadUnknownStreamDoesNotStopOthers(t *testing.T) {
	t.Parallel()
	got := read(t, streams{listed("a", nil, numbers(1)...)},
		command{catalog: configured("ghost", "a")})
	assert.Equal(t, 1, got.code)
	assert.Equal(t, []string{`{"id":1}`}, got.records("a"))
	assert.Equal(t, []string{"INCOMPLETE"}, got.statuses("ghost"))
	assert.Equal(t, "ghost", got.oneError(t).Descriptor.Name)
	assert.Empty(t, got.states("ghost"), "what the platform holds stays as it is")
}

func TestReadSourceMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		source streams
		want   string
	}{
		"no streams": {streams{}, "has no streams"},
		"no name":    {streams{listed("", nil)}, "has no Name"},
		"one twice":  {streams{listed("a", nil), listed("a", nil)}, "two streams named a"},
		"bad cursor": {streams{listed("a", sources.TimeCursor{})}, "TimeCursor has no Field"},
		"nil stream": {streams{listed("a", nil), nil}, "stream 2 of the list is nil"},
		"no Read":    {streams{&sources.StreamOf[struct{}]{Name: "a"}}, "stream a has no Read"},
	} {
		got := read(t, test.source, command{})
		assert.Equal(t, 1, got.code, name)
		assert.Contains(t, got.oneError(t).Message, test.want, name)
	}
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

func TestReadSlicesOutOfOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cursor := sources.IntCursor{Field: "id", Start: 1, End: 40, Step: 10}
		source := streams{reader{"a", cursor, func(
			_ context.Context, s sources.Slice, out *sources.Output,
		) error {
			pause(time.Duration(50-s.From.Int()) * time.Second)
			return out.Raw(fmt.Appendf(nil, `{"id":%d}`, s.From.Int()+1))
		}}}
		got := read(t, source, command{
			catalog: configured("a:incremental"),
			options: everyState,
		})
		require.Equal(t, 0, got.code)
		assert.Equal(
			t,
			[]string{`{"id":32}`, `{"id":22}`, `{"id":12}`, `{"id":2}`},
			got.records("a"),
		)
		const state = `{"slices":[{"start":%d,"end":32,"most_recent_cursor_value":32}],` +
			`"state_type":"integer"}`
		assert.Equal(t, []string{
			fmt.Sprintf(state, 31), fmt.Sprintf(state, 21), fmt.Sprintf(state, 11), `{"id":32}`,
		}, got.states("a"), "no state passes a slice that is still being read")
	})
}

func TestReadConcurrencyIsBoundedAndFair(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const workers = 3
		var running, most atomic.Int64
		cursor := sources.IntCursor{Field: "id", Start: 1, End: 1000, Step: 10}
		order := make(chan string, 1000)
		sliced := func(name string) reader {
			return reader{name, cursor, func(
				_ context.Context, s sources.Slice, out *sources.Output,
			) error {
				now := running.Add(1)
				defer running.Add(-1)
				most.Store(max(most.Load(), now))
				order <- name
				pause(time.Second)
				return out.Raw(fmt.Appendf(nil, `{"id":%s}`, s.From))
			}}
		}
		got := read(t, streams{sliced("a"), sliced("b"), sliced("c")},
			command{options: []sources.Option{sources.Concurrency(workers)}})
		require.Equal(t, 0, got.code)
		assert.Len(t, got.records("a"), 100)
		assert.EqualValues(t, workers, most.Load())
		close(order)
		turns := map[string]int{}
		for name := range order {
			turns[name]++
			for _, other := range []string{"a", "b", "c"} {
				require.InDelta(t, turns[name], turns[other], workers+1, "streams take turns")
			}
		}
	})
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

func TestReadRecordsThatAreNone(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{}`:   "empty record {}",
		` { }`: "empty record {}",
		`[1]`:  "not a JSON object",
		`"x"`:  "not a JSON object",
		`null`: "not a JSON object",
		``:     "not a JSON object",
	} {
		got := read(t, streams{listed("a", nil, json.RawMessage(raw))}, command{})
		assert.Equal(t, 1, got.code, raw)
		assert.Contains(t, got.oneError(t).Message, want, raw)
		assert.Contains(t, got.oneError(t).Message, "Stream a ", raw)
	}
	for _, v := range []any{json.RawMessage(`{"a":`), json.RawMessage(`{"a":1}x`), make(chan int), map[string]any{"f": func() {}}} {
		got := read(t, streams{reader{"a", nil, func(
			_ context.Context, _ sources.Slice, out *sources.Output,
		) error {
			return out.Record(v)
		}}}, command{})
		assert.Equal(t, 1, got.code)
		assert.Contains(t, got.oneError(t).Message, "Stream a emitted a record that")
		assert.Empty(t, got.records("a"))
	}
}

func TestReadKeepsBytes(t *testing.T) {
	t.Parallel()
	record := `{"big":123456789012345678901234567890,"exp":1e400,"one":1.0,"html":"<&>","bad":"` + "\xff" + `"}`
	got := read(
		t,
		streams{listed("a", nil, json.RawMessage(record), json.RawMessage("{\n\"a\":\r\n1}"))},
		command{},
	)
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{record, `{ "a":  1}`}, got.records("a"))
}

func TestReadOverlookedErrorStillFails(t *testing.T) {
	t.Parallel()
	got := read(t, streams{reader{"a", nil, func(
		_ context.Context, _ sources.Slice, out *sources.Output,
	) error {
		_ = out.Raw([]byte(`{}`))
		_ = out.Raw([]byte(`{"id":1}`))
		return nil
	}}}, command{})
	assert.Equal(t, 1, got.code)
	assert.Empty(t, got.records("a"), "after an error nothing more is emitted")
}

func TestReadDescending(t *testing.T) {
	t.Parallel()
	cursor := sources.IntCursor{Field: "id", Order: sources.Descending}
	asked := 0
	source := streams{reader{"a", cursor, func(
		_ context.Context, _ sources.Slice, out *sources.Output,
	) error {
		for id := 9; id > 0; id-- {
			asked++
			if err := out.Raw(fmt.Appendf(nil, `{"id":%d}`, id)); err != nil {
				return err
			}
		}
		return nil
	}}}
	got := read(t, source, command{
		catalog: configured("a:incremental"),
		state:   savedStates(map[string]string{"a": `{"id":7}`}),
	})
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{`{"id":9}`, `{"id":8}`, `{"id":7}`}, got.records("a"))
	assert.Equal(t, 4, asked, "reading stops behind the slice's start")
	assert.Equal(t, `{"id":9}`, got.states("a")[len(got.states("a"))-1])
}

func TestReadFilter(t *testing.T) {
	t.Parallel()
	cursor := sources.IntCursor{Field: "id", End: 5, Filter: true}
	records := append(numbers(1, 6, 3, 5, 2), json.RawMessage(`{"name":"no id"}`))
	got := read(t, streams{listed("a", cursor, records...)}, command{
		catalog: configured("a:incremental"),
		state:   savedStates(map[string]string{"a": `{"id":3}`}),
	})
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{`{"id":3}`, `{"id":5}`, `{"name":"no id"}`}, got.records("a"))
	assert.Contains(t, got.logs(), "WARN Stream a has records without the cursor field")
}

func TestReadDescentFallsBack(t *testing.T) {
	t.Parallel()
	cursor := sources.IntCursor{Field: "id", Start: 1, Order: sources.Ascending}
	source := streams{reader{"a", cursor, func(
		_ context.Context, _ sources.Slice, out *sources.Output,
	) error {
		for _, r := range numbers(2, 3, 4, 2, 9, 10) {
			if err := errors.Join(out.Raw(r), out.Checkpoint(nil)); err != nil {
				return err
			}
		}
		return nil
	}}}
	got := read(t, source, command{
		catalog: configured("a:incremental"), options: everyState,
	})
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{
		`{"id":2}`, `{"id":3}`, `{"id":1}`, `{"id":10}`,
	}, got.states("a"), "a descent takes the state back, until the end of the slice")
	assert.Equal(t, 1, strings.Count(got.logs(), "declared Ascending"))
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

// RUNNING stands before the first record, whichever of many slices emits it.
func TestReadSaysRunningFirst(t *testing.T) {
	t.Parallel()
	for range 50 {
		cursor := sources.IntCursor{Field: "id", Start: 1, End: 160, Step: 10}
		got := read(t, streams{reader{"a", cursor, func(
			_ context.Context, s sources.Slice, out *sources.Output,
		) error {
			return out.Raw(fmt.Appendf(nil, `{"id":%s}`, s.From))
		}}}, command{})
		for _, m := range got.messages {
			require.NotEqual(t, protocol.MessageRecord, m.Type, "a record before RUNNING")
			if s := m.Trace; s != nil && s.StreamStatus.Status == protocol.StatusRunning {
				break
			}
		}
	}
}

func TestSpecNamesTheDocumentation(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]sources.Option{
		"of a struct": nil,
		"of a file":   {sources.SpecFile([]byte(`{"connectionSpecification":{"type":"object"}}`))},
	} {
		got := call(t, streams{}, command{
			verb:    "spec",
			options: append(options, sources.Documentation("https://docs.example.com")),
		})
		require.Equal(t, 0, got.code, name)
		assert.Equal(t, "https://docs.example.com", got.messages[0].Spec.DocumentationURL, name)
	}
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
