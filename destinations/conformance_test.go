package destinations_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// The tests below are named after the conformance suite that the platform's own destinations pass,
// as far as it concerns an engine: what ends up in tables is the loaders' to prove.

func TestBasicWrite(t *testing.T) {
	t.Parallel()
	f := &fake{}
	got := writeLines(t, f, catalogOf("a"), record("a", `{"id":1}`), streamState("a", 1))
	assert.Equal(t, 0, got.code)
	assert.Equal(t, []string{`{"id":1}`}, f.rows["a"])
	assert.Equal(t, []string{"1:1"}, got.stateIDs())
	assert.Equal(t, []string{"a"}, f.finished)
	assert.Equal(t, 1, f.closed)
	assert.Contains(t, got.logs(), "INFO Loaded stream a. records=1 rejected=0 batches=1")
}

func TestMidSyncCheckpointingStreamState(t *testing.T) {
	t.Parallel()
	f := &fake{}
	lines := []string{streamState("a", 1), record("a", `{"id":1}`), streamState("a", 2),
		streamState("a", 3), record("b", `{"id":1}`), record("a", `{"id":2}`),
		streamState("b", 4), streamState("a", 5)}
	got := writeLines(t, f, catalogOf("a", "b"), lines...)
	assert.ElementsMatch(t, []string{"1:0", "2:1", "3:0", "4:1", "5:1"}, got.stateIDs())
}

// A state is written back long before the end of the input.
func TestStateWaitsNoLongerThanItsInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		in := newPipe(t)
		at := map[string]time.Duration{}
		begun := time.Now()
		out := writerFunc(func(p []byte) {
			if strings.Contains(string(p), `"STATE"`) {
				at[string(p)] = time.Since(begun)
			}
		})
		go func() {
			in.lines(record("a", `{"id":1}`), streamState("a", 1))
			time.Sleep(20 * time.Second)
			in.lines(record("a", `{"id":2}`), streamState("a", 2), streamState("a", 3))
			time.Sleep(time.Hour)
			in.end()
		}()
		got := call(t, f, command{catalog: catalogOf("a"), input: in.r, out: out})
		assert.Equal(t, 0, got.code)
		var times []time.Duration
		for line := range strings.Lines(got.text) {
			if d, ok := at[line]; ok {
				times = append(times, d)
			}
		}
		assert.Equal(
			t,
			[]time.Duration{15 * time.Second, 35 * time.Second, 35 * time.Second},
			times,
		)
		assert.Equal(t, []int{1, 1}, f.batches)
	})
}

func TestBatchWaitsNoLongerThanItsAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var at []time.Duration
		f := &fake{load: func(context.Context, *destinations.Batch) error {
			at = append(at, time.Since(begun))
			return nil
		}}
		in := newPipe(t)
		go func() {
			in.lines(record("a", `{"id":1}`))
			time.Sleep(50 * time.Second)
			in.lines(record("a", `{"id":2}`))
			time.Sleep(50 * time.Second)
			in.lines(record("a", `{"id":3}`))
			in.end()
		}()
		got := call(t, f, command{catalog: catalogOf("a"), input: in.r})
		assert.Equal(t, 0, got.code)
		assert.Equal(t, []time.Duration{60 * time.Second, 100 * time.Second}, at)
		assert.Equal(t, []int{2, 1}, f.batches)
	})
}

func TestBatchesAreBoundByRecordsAndBytes(t *testing.T) {
	t.Parallel()
	var lines []string
	for range 10 {
		lines = append(lines, record("a", `{"id":1}`))
	}
	for _, c := range []struct {
		option destinations.Option
		want   []int
	}{
		{destinations.BatchRecords(4), []int{4, 4, 2}},
		{destinations.BatchBytes(25), []int{4, 4, 2}},
		{destinations.BatchBytes(1), []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
	} {
		f := &fake{}
		call(t, f, command{catalog: catalogOf("a"), input: strings.NewReader(join(lines)),
			options: []destinations.Option{c.option}})
		assert.Equal(t, c.want, f.batches)
	}
}

func TestNamespaces(t *testing.T) {
	t.Parallel()
	catalog := `{"streams":[` + configured("a", "", "") + "," + configured("a", "", "") + `]}`
	catalog = strings.Replace(catalog, `"name":"a"`, `"name":"a","namespace":"n"`, 1)
	f := &fake{}
	inN := strings.Replace(
		record("a", `{"id":1}`),
		`"stream":"a"`,
		`"stream":"a","namespace":"n"`,
		1,
	)
	bare := strings.Replace(
		record("a", `{"id":2}`),
		`"stream":"a"`,
		`"stream":"a","namespace":null`,
		1,
	)
	stateOfN := strings.Replace(streamState("a", 1), `"name":"a"`, `"name":"a","namespace":"n"`, 1)
	got := writeLines(
		t,
		f,
		catalog,
		inN,
		bare,
		record("a", `{"id":3}`),
		stateOfN,
		streamState("a", 2),
	)
	assert.Equal(t, 0, got.code, got.text)
	assert.Equal(t, map[string][]string{"n.a": {`{"id":1}`}, "a": {`{"id":2}`, `{"id":3}`}}, f.rows)
	assert.ElementsMatch(t, []string{"1:1", "2:2"}, got.stateIDs())
}

func TestFunkyCharacters(t *testing.T) {
	t.Parallel()
	names := []string{"a b", `q"u\o`, "\u00fc\u4e16", "\u2028", "t\tn\n", ""}
	for _, name := range names {
		f := &fake{}
		data := `{"k \u0000 \ud800":"` + "\u00fc" + `\n\/"}`
		got := writeLines(t, f, catalogOf(name), record(name, data), streamState(name, 1))
		assert.Equal(t, 0, got.code, got.text)
		assert.Equal(t, []string{data}, f.rows[name], name)
		assert.Equal(t, []string{"1:1"}, got.stateIDs())
	}
}

func TestTruncateRefresh(t *testing.T) {
	t.Parallel()
	f := &fake{}
	got := writeLines(t, f, counted("append", 4, 4), record("a", `{"id":1}`), streamState("a", 1),
		status("a", protocol.StatusComplete))
	assert.Equal(t, 0, got.code)
	assert.True(t, f.streams[0].Replace)
	assert.Equal(t, []string{"a"}, f.finished)
}

func TestInterruptedTruncate(t *testing.T) {
	t.Parallel()
	f := &fake{}
	got := writeLines(t, f, counted("append", 4, 4), record("a", `{"id":1}`), streamState("a", 1))
	assert.Equal(t, 1, got.code)
	assert.Equal(t, []string{"1:1"}, got.stateIDs())
	assert.Empty(t, f.finished)
	require.Len(t, got.errors(), 1)
	assert.Contains(t, got.errors()[0].Message, "so the source failed or was stopped: a.")
	assert.Equal(t, protocol.TransientError, got.errors()[0].FailureType)
}

func TestIncompleteStream(t *testing.T) {
	t.Parallel()
	f := &fake{}
	got := writeLines(t, f, counted("append", 4, 4), record("a", `{"id":1}`), streamState("a", 1),
		status("a", protocol.StatusIncomplete))
	assert.Equal(t, 0, got.code, "the failure is the source's to tell")
	assert.Empty(t, f.finished)
	assert.Contains(t, got.logs(), "WARN Stream a did not end complete, so it is not finished. "+
		"What was there before stays.")
}

func TestEndOfInputWithoutGenerations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mode  string
		lines []string
		want  bool // finished
	}{
		"a foreign source":          {"overwrite", []string{record("a", `{"i":1}`), streamState("a", 1)}, true},
		"records alone":             {"overwrite", []string{record("a", `{"i":1}`)}, false},
		"records alone, appending":  {"append", []string{record("a", `{"i":1}`)}, true},
		"an empty stream's state":   {"overwrite", []string{streamState("a", 1)}, true},
		"nothing at all":            {"overwrite", nil, false},
		"nothing at all, appending": {"append", nil, true},
		"marked complete":           {"overwrite", []string{markedState("a", 1, markDone)}, true},
		"marked incomplete":         {"overwrite", []string{markedState("a", 1, markOpen)}, false},
		"complete, then not": {
			"overwrite",
			[]string{markedState("a", 1, markDone), markedState("a", 2, markOpen)},
			false,
		},
		"not complete, then it is": {
			"overwrite",
			[]string{markedState("a", 1, markOpen), markedState("a", 2, markDone)},
			true,
		},
		"only the other one":   {"overwrite", []string{record("a", `{"i":1}`), markedState("b", 1, markDone)}, false},
		"incomplete appending": {"append", []string{markedState("a", 1, markOpen)}, false},
		"a status that says no": {
			"overwrite",
			[]string{streamState("a", 1), status("a", protocol.StatusIncomplete)},
			false,
		},
		"a status that says yes": {
			"overwrite",
			[]string{status("a", protocol.StatusComplete)},
			true,
		},
		"a mark of the global state": {"overwrite", []string{globalState(1, markDone)}, true},
		"one that says no":           {"overwrite", []string{globalState(1, markOpen)}, false},
		"a mark that is none":        {"overwrite", []string{markedState("a", 1, `,"go_cdk":7`)}, true},
	} {
		f := &fake{}
		got := writeLines(t, f, catalogOf("a:"+c.mode, "b"), c.lines...)
		assert.Equal(t, 0, got.code, name)
		finished := strings.Contains(strings.Join(f.finished, " "), "a")
		assert.Equal(t, c.want, finished, name)
		if !finished {
			assert.Contains(t, got.logs(), "WARN Stream a did not end complete", name)
		}
	}
}

func globalState(id int, more string) string {
	return fmt.Sprintf(`{"type":"STATE","state":{"type":"GLOBAL","global":{"stream_states":[]},`+
		`"id":%d%s}}`, id, more)
}

func TestGlobalStateWaitsForAllStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var loaded atomic.Int32
		f := &fake{load: func(_ context.Context, b *destinations.Batch) error {
			if b.Stream.Name == "slow" {
				time.Sleep(time.Minute)
			}
			loaded.Add(1)
			return nil
		}}
		out := writerFunc(func(p []byte) {
			if strings.Contains(string(p), `"STATE"`) {
				assert.Equal(t, int32(2), loaded.Load())
			}
		})
		got := call(t, f, command{catalog: catalogOf("slow", "fast"), out: out,
			input: strings.NewReader(join([]string{
				record("slow", `{"i":1}`), record("fast", `{"i":1}`), globalState(1, ""),
				`{"type":"STATE","state":{"id":2,"data":{"legacy":1}}}`,
			}))})
		assert.Equal(t, []string{"1:2", "2:0"}, got.stateIDs())
		assert.Contains(t, got.text, `{"type":"STATE","state":{"data":{"legacy":1},`)
	})
}

func TestStateOfAStreamThatIsNotInTheCatalog(t *testing.T) {
	t.Parallel()
	got := writeLines(t, &fake{}, catalogOf("a"), record("a", `{"i":1}`), streamState("other", 1),
		streamState("a", 2))
	assert.Equal(t, 0, got.code)
	assert.Equal(t, []string{"1:0", "2:1"}, got.stateIDs())
}

func TestCheck(t *testing.T) {
	t.Parallel()
	got := call(t, &fake{}, command{verb: "check"})
	assert.Contains(t, got.text, "SUCCEEDED")
	got = call(t, &fake{check: func(context.Context) error { return errors.New("wrong door") }},
		command{verb: "check"})
	assert.Equal(t, 0, got.code)
	assert.Contains(t, got.text, `"status":"FAILED","message":"wrong door"`)
	got = call(t, &fake{check: func(context.Context) error {
		return protocol.Errorf(protocol.TransientError, "asleep")
	}}, command{verb: "check"})
	assert.Equal(t, 1, got.code)
	synctest.Test(t, func(t *testing.T) {
		got := call(t, &fake{check: func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}}, command{verb: "check"})
		assert.Contains(t, got.errors()[0].Message, "did not end within 1m0s")
	})
}

type oddModes struct{ appender }

func (oddModes) SyncModes() []string { return nil }

func TestAbilityWithAnotherSignature(t *testing.T) {
	t.Parallel()
	assert.PanicsWithValue(t, "destinations: destinations_test.oddModes.SyncModes is func() "+
		"[]string, but it must be func() []protocol.DestinationSyncMode to be called; rename it "+
		"or give it that signature", func() { call(t, oddModes{}, command{}) })
}

func TestOptionsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, f := range []func(){
		func() { destinations.BatchRecords(0) }, func() { destinations.BatchBytes(0) },
		func() { destinations.BatchAge(0) }, func() { destinations.Memory(-1) },
		func() { destinations.Concurrency(0) }, func() { destinations.MaxLine(0) },
		func() { destinations.MaxLine(1<<30 + 1) },
	} {
		assert.Panics(t, f)
	}
}
