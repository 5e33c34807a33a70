package sources_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
