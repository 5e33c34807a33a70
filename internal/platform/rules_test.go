package platform_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/protocol"
)

func TestSync(t *testing.T) {
	t.Parallel()
	r, states := talk{
		source:   whole("a", record1, infoLine, record1, state("a", `{"i":1}`)),
		registry: true,
		gets:     []string{record1, record1, `"id":1`, `"COMPLETE"`},
	}.run(t)
	s := r.Streams[0]
	assert.EqualValues(t, 2, s.Records)
	assert.EqualValues(t, 2, s.Committed)
	assert.EqualValues(t, 2*len(`{"i":1}`), s.CommittedBytes)
	assert.EqualValues(t, 1, s.States)
	assert.EqualValues(t, 1, s.Acknowledged)
	assert.True(t, s.Complete)
	assert.JSONEq(t, `{"i":1}`, string(s.LastState))
	assert.EqualValues(t, 1, r.SyncID)
	assert.Zero(t, *r.Attempts[0].SourceExit)
	assert.Zero(t, *r.Attempts[0].DestinationExit)
	assert.Contains(t, states, `"stream_state":{"i":1}`)
}

// The platform numbers states and counts (A.4, A.9 state, source side).
func TestStatesOfTheSource(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]talk{
		"an id and a count are added": {
			source: whole("a", record1, state("a", `{}`), state("a", `{}`)),
			gets: []string{
				"RECORD", `"sourceStats":{"recordCount":1.0},"id":1`,
				`"sourceStats":{"recordCount":0.0},"id":2`,
			},
		},
		"an id of the source is kept, and counted on": {
			source: whole("a", stateWith("a", `{}`, `,"id":7`), state("a", `{}`)),
			gets:   []string{`"id":7`, `"id":8`},
		},
		"unknown properties are kept": {
			source: whole("a", stateWith("a", `{}`, `,"mine":{"a": 1.50}`)),
			gets:   []string{`"mine":{"a": 1.50}`},
		},
		"two states have one id": {
			source:   whole("a", stateWith("a", `{}`, `,"id":7`), stateWith("a", `{"i":2}`, `,"id":7`)),
			gets:     []string{`"id":7`, `"id":7`},
			findings: []string{"Two states have one id"},
		},
		"ids may go down": {
			source: whole("a", stateWith("a", `{}`, `,"id":7`), stateWith("a", `{}`, `,"id":3`)),
			gets:   []string{`"id":7`, `"id":3`},
		},
		"the source counts wrong": {
			source:   whole("a", record1, stateWith("a", `{}`, `,"sourceStats":{"recordCount":2.0}`)),
			findings: []string{"says 2 records in sourceStats, and 1 came"},
			gets:     []string{"RECORD", `"recordCount":2.0`},
		},
		"LEGACY fails": {
			source: whole("a", record1, `{"type":"STATE","state":{"data":{"a":1}}}`),
			fails:  "wrote a LEGACY state", gets: []string{"RECORD"},
		},
		"kinds are mixed": {
			source: whole("a", state("a", `{}`), global(`{}`, `{}`)),
			fails:  "a GLOBAL state after a STREAM state",
		},
		"a state without its content": {
			source: whole("a", `{"type":"STATE","state":{"type":"GLOBAL"}}`), fails: "without its content",
		},
		"a state of a stream that nobody has asked for": {
			source:   whole("a", state("b", `{"i":1}`), state("b", `{"i":2}`), state("a", `{}`)),
			findings: []string{"A state is of stream b"},
		},
		"a state that is no object": {
			source: whole("a", state("a", `7`), state("a", `{}`)),
			gets:   []string{`"stream_state":{}`},
			findings: []string{
				"A state names no stream or holds no object", "A line of standard output is no " +
					"message",
			},
		},
		"a state that names no stream": {
			source: whole("a", state("", `{}`), state("a", `{}`)),
			gets:   []string{`"name":"a"`},
			findings: []string{
				"A state names no stream or holds no object", "A line of standard output is no " +
					"message",
			},
		},
		"no state at all": {
			source: whole("a", record1), findings: []string{"wrote no state of stream a"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k.run(t)
		})
	}
}

// A null state starts the stream over (A.3); states of all streams count what lies between them.
func TestStatesThatAreStored(t *testing.T) {
	t.Parallel()
	r, stored := talk{source: whole("a", state("a", `{"i":1}`), state("a", `null`))}.run(t)
	assert.Equal(t, "[]", stored)
	assert.Nil(t, r.Streams[0].LastState)

	two := catalogOf(incremental(protocol.DestinationAppend), fullRefresh("b",
		protocol.DestinationAppend))
	lines := slices.Concat(whole("a", record1), whole("b", record("b", `{"i":1}`)))
	lines = append(lines, global(`{"lsn":7}`, `{"i":1}`))
	r, stored = talk{source: lines, catalog: two, gets: []string{
		"RECORD", "RECORD", `"recordCount":2.0`,
	}}.run(t)
	assert.Contains(t, stored, `"shared_state":{"lsn":7}`)
	assert.Equal(t, `{"i":1}`, string(r.Streams[0].LastState))
	for _, s := range r.Streams {
		assert.EqualValues(t, 1, s.Committed)
		assert.True(t, s.Complete)
	}
}

// Records that the platform drops (A.9, things that fail or silently spoil a sync).
func TestRecordsThatAreDropped(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct{ line, finding string }{
		"no stream":     {`{"type":"RECORD","record":{"data":{"i":1},"emitted_at":1}}`, "names no stream"},
		"empty name":    {record("", `{"i":1}`), "names no stream"},
		"null":          {record("a", `null`), "stream a is dropped by the platform"},
		"no data":       {`{"type":"RECORD","record":{"stream":"a","emitted_at":1}}`, "it has no data"},
		"empty":         {record("a", `{ }`), "an empty object"},
		"no object":     {record("a", `[1]`), "not an object"},
		"no record":     {`{"type":"RECORD"}`, "names no stream"},
		"a broken one":  {record("a", `{"i":tru}`), "mentions RECORD"},
		"half a record": {`{"type":"RECORD","record":{"str`, "mentions RECORD"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := talk{
				source:   whole("a", k.line, k.line, record1, state("a", `{}`)),
				gets:     []string{record1, `"recordCount":1.0`},
				findings: []string{k.finding},
			}.run(t)
			assert.EqualValues(t, 2, r.Findings[0].Count)
			if strings.Contains(k.finding, "stream a") {
				assert.EqualValues(t, 2, r.Streams[0].Dropped)
			}
		})
	}
}

// Records that fail a sync (A.9).
func TestRecordsThatFail(t *testing.T) {
	t.Parallel()
	merged := incremental(protocol.DestinationAppendDedup)
	merged.PrimaryKey = [][]string{{"i"}, {"deep", "j"}}
	const failed = "no value in any field of its primary key"
	for name, k := range map[string]talk{
		"of another stream":    {source: []string{record("b", `{"i":1}`)}, fails: "a record of stream b"},
		"of another namespace": {source: []string{strings.Replace(record1, `"stream"`, `"namespace":"n","stream"`, 1)}, fails: "of stream n.a"},
		"a key that is null":   {source: []string{record("a", `{"i":null}`)}, catalog: catalogOf(merged), fails: failed},
		"no key":               {source: []string{record("a", `{"j":1}`)}, catalog: catalogOf(merged), fails: failed},
		"half a key": {
			source:  whole("a", record("a", `{"deep":{"j":1}}`), state("a", "{}")),
			catalog: catalogOf(merged),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k.run(t)
		})
	}
}

// What the destination writes back (A.9 state, destination side).
func TestStatesThatComeBack(t *testing.T) {
	t.Parallel()
	source := whole("a", record1, state("a", `{"i":1}`), record1, record1, state("a", `{"i":2}`))
	var held *protocol.State // of the first
	for name, k := range map[string]struct {
		back      func(st *protocol.State) []*protocol.State
		fails     string
		findings  []string
		committed int64
		stored    string
	}{
		"without the id": {
			func(st *protocol.State) []*protocol.State { st.ID = nil; return only(st) },
			"without the id", nil, 0, "[]",
		},
		"with an unknown id": {
			func(st *protocol.State) []*protocol.State { *st.ID += 70; return only(st) },
			"", []string{"an id that the platform did not give", "wrote not all states " +
				"back"}, 0, "[]",
		},
		"twice": {
			func(st *protocol.State) []*protocol.State { return append(only(st), st) },
			"", []string{"written back again"}, 3, `{"i":2}`,
		},
		"never": {
			func(*protocol.State) []*protocol.State { return nil },
			"", []string{"wrote not all states back"}, 0, "[]",
		},
		"not the first": {
			func(st *protocol.State) []*protocol.State {
				if *st.ID == 1 {
					return nil
				}
				return only(st)
			}, "", []string{"before earlier ones"}, 3, `{"i":2}`,
		},
		"in the wrong order": {
			func(st *protocol.State) []*protocol.State {
				if *st.ID == 1 {
					held = st
					return nil
				}
				return append(only(st), held)
			}, "", []string{"before earlier ones", "after a later one"}, 3, `{"i":2}`,
		},
		"altered": {
			func(st *protocol.State) []*protocol.State {
				st.Stream.State = json.RawMessage(`{"i":9}`)
				return only(st)
			}, "", []string{"its stream_state changed"}, 3, `{"i":9}`,
		},
		"with other source stats": {
			func(st *protocol.State) []*protocol.State { st.SourceStats = nil; return only(st) },
			"", []string{"its sourceStats changed"}, 3, `{"i":2}`,
		},
		"without a property": {
			func(st *protocol.State) []*protocol.State {
				st.Stream.Descriptor.Namespace = "n"
				return only(st)
			}, "", []string{"properties of it changed"}, 3, `"namespace":"n"`,
		},
		"with the bookkeeping of sockets": {
			func(st *protocol.State) []*protocol.State {
				st.CommittedRecordsCount = new(int64(3))
				return only(st)
			}, "", nil, 3, `{"i":2}`,
		},
		"without a count": {
			func(st *protocol.State) []*protocol.State {
				st.DestinationStats = nil
				return only(st)
			},
			"", []string{"without destinationStats.recordCount"}, 3, `{"i":2}`,
		},
		"with a wrong count": {
			func(st *protocol.State) []*protocol.State {
				st.DestinationStats.RecordCount = new(protocol.Count(*st.ID + 1))
				return only(st)
			}, "", []string{"says 2 records in destinationStats, and 1 were sent"}, 3, `{"i":2}`,
		},
		"with rejected records": {
			func(st *protocol.State) []*protocol.State {
				*st.DestinationStats.RecordCount--
				st.DestinationStats.RejectedRecordCount = new(protocol.Count(1))
				return only(st)
			}, "", nil, 1, `{"i":2}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, stored := talk{
				source: source, back: k.back, fails: k.fails, findings: k.findings,
			}.run(t)
			assert.Equal(t, k.committed, r.Streams[0].Committed)
			assert.Equal(t, k.committed, r.Attempts[0].Committed)
			assert.Contains(t, stored, k.stored)
			complete := k.committed > 0
			assert.Equal(t, complete, r.Streams[0].Complete)
		})
	}
}

func only(st *protocol.State) []*protocol.State { return []*protocol.State{st} }

// Ids that streams have in common still find their own state.
func TestIDsInCommon(t *testing.T) {
	t.Parallel()
	var lines []string
	catalog := new(protocol.ConfiguredCatalog)
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		one := incremental(protocol.DestinationAppend)
		one.Stream.Name = name
		catalog.Streams = append(catalog.Streams, one)
		lines = append(lines, whole(name, stateWith(name, `{"of":"`+name+`"}`, `,"id":1`))...)
	}
	r, stored := talk{
		catalog: catalog, source: lines, findings: []string{"Two states have one id"},
	}.run(t)
	for _, s := range r.Streams {
		want := `{"of":"` + s.Stream.Name + `"}`
		assert.Contains(t, stored, want)
		assert.Equal(t, want, string(s.LastState))
		assert.True(t, s.Complete)
	}
}

// The counts of rejected records (C.4, C.5).
func TestRejectedRecords(t *testing.T) {
	t.Parallel()
	r, _ := talk{
		source: whole("a", record1, record1, state("a", `{}`)),
		back: func(st *protocol.State) []*protocol.State {
			st.DestinationStats.RecordCount = new(protocol.Count(0))
			st.DestinationStats.RejectedRecordCount = new(protocol.Count(2))
			return only(st)
		},
	}.run(t)
	assert.Zero(t, r.Streams[0].Committed)
	assert.EqualValues(t, 2, r.Streams[0].Rejected)
	assert.EqualValues(t, 2, r.Totals().Rejected)
	assert.True(t, r.Attempts[0].Partial(), "an attempt that rejected a record is a partial "+
		"failure")
}

// Lines that are no messages are logged and dropped (A.9, output).
func TestStrayLines(t *testing.T) {
	t.Parallel()
	long := record("a", `{"i":"`+strings.Repeat("x", 20_000_000)+`"}`)
	wide := record("a", `{"i":"`+strings.Repeat("\u00e9", 10_000_000)+`"}`)
	const stray = "A line of standard output is no message"
	for name, k := range map[string]struct {
		line     string
		findings []string
	}{
		"text":               {"hello", []string{stray}},
		"blank":              {"  \t", nil},
		"half JSON":          {`{"type":"STATE","sta`, []string{stray}},
		"JSON of no type":    {`{"a":1}`, []string{stray}},
		"a number":           {`7`, []string{stray}},
		"text with RECORD":   {`a RECORD`, []string{stray}},
		"JSON with RECORD":   {`{"a":"RECORD"`, []string{"mentions RECORD"}},
		"an unknown type":    {`{"type":"WHAT"}`, nil},
		"a log":              {infoLine, nil},
		"20,000,000 letters": {long, []string{"more than 20,000,000 characters"}},
		"as many bytes":      {wide, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			talk{
				source: whole("a", k.line, record1, state("a", `{}`)), findings: k.findings,
			}.run(t)
			if strings.Contains(k.line, "RECORD") && len(k.findings) == 1 &&
				strings.Contains(k.findings[0], "20,000,000") {
				return // it is passed on
			}
			talk{
				source: whole("a", record1, state("a", `{}`)), said: []string{k.line},
				findings: k.findings,
			}.run(t)
		})
	}
}

// The statuses (A.9, stream status).
func TestStatuses(t *testing.T) {
	t.Parallel()
	st := state("a", `{}`)
	for name, k := range map[string]talk{
		"in order": {source: whole("a", status("a", "RUNNING", ""), st)},
		"none": {
			source: []string{st}, findings: []string{"did not say that stream a is COMPLETE"},
		},
		"not RUNNING": {
			source:   []string{st, status("a", "STARTED", ""), status("a", "COMPLETE", "")},
			findings: []string{"COMPLETE of stream a follows STARTED"},
		},
		"not STARTED": {
			source:   []string{st, status("a", "RUNNING", ""), status("a", "COMPLETE", "")},
			findings: []string{"RUNNING of stream a follows none"},
		},
		"twice": {
			source:   append(whole("a", st), whole("a")...),
			findings: []string{"STARTED of stream a follows COMPLETE"},
		},
		"incomplete": {
			source: []string{status("a", "STARTED", ""), st, status("a", "INCOMPLETE", "")},
			code:   1, fails: "ended with exit code 1 and did not say why",
		},
		"incomplete after the end": {
			source: append(whole("a", st), status("a", "INCOMPLETE", "")),
			findings: []string{"INCOMPLETE of stream a follows COMPLETE", "not say that stream " +
				"a is COMPLETE"},
		},
		"COMPLETE of another stream": {
			source: []string{status("b", "COMPLETE", "")}, fails: "stream b is COMPLETE",
		},
		"STARTED of another stream": {
			source:   whole("a", st, status("b", "STARTED", "")),
			findings: []string{"A status is of stream b"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := k.run(t)
			said := r.Streams[0].Status == protocol.StatusComplete
			assert.Equal(t, said && k.fails == "", r.Streams[0].Complete)
		})
	}
}

// Estimates of the two kinds must not be mixed (A.5).
func TestEstimates(t *testing.T) {
	t.Parallel()
	estimate := func(kind string, rows int) string {
		return trace(`"type":"ESTIMATE","estimate":{"name":"a","type":"` + kind +
			`","row_estimate":` + strconv.Itoa(rows) + `,"byte_estimate":70}`)
	}
	st := state("a", `{}`)
	r, _ := talk{
		source: whole("a", estimate("STREAM", 3), estimate("STREAM", 4), record1, st),
	}.run(t)
	assert.EqualValues(t, 4, r.Streams[0].RowEstimate)
	assert.EqualValues(t, 70, r.Streams[0].ByteEstimate)
	share, ok := r.Streams[0].Share()
	assert.True(t, ok)
	assert.InDelta(t, 0.25, share, 1e-9)

	mixed := []string{"Estimates of streams and of the sync are mixed"}
	r, _ = talk{
		source:   whole("a", estimate("STREAM", 3), estimate("SYNC", 4), estimate("SYNC", 5), st),
		findings: mixed,
	}.run(t)
	assert.Zero(t, r.Streams[0].RowEstimate)
	_, ok = r.Streams[0].Share()
	assert.False(t, ok)
}

// A stream is rate limited until its next record (A.9).
func TestRateLimited(t *testing.T) {
	t.Parallel()
	limited := status("a", "RUNNING", `,"reasons":[{"type":"RATE_LIMITED","rate_limited":`+
		`{"quota_reset":1800000000000}}]`)
	end := []string{state("a", `{}`)}
	for name, k := range map[string]struct {
		lines []string
		want  bool
	}{
		"until the end":     {append(slices.Clone(end), limited), true},
		"until a record":    {append([]string{limited, record1}, end...), false},
		"until it runs":     {append([]string{limited, status("a", "RUNNING", "")}, end...), false},
		"not until a state": {append([]string{limited}, end...), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := append([]string{status("a", "STARTED", ""), status("a", "RUNNING", "")},
				k.lines...)
			r, _ := talk{source: source, code: 1, fails: "did not say why"}.run(t)
			assert.Equal(t, k.want, r.Streams[0].RateLimited)
			if k.want {
				assert.EqualValues(t, 1800000000000, r.Streams[0].RateLimitedUntil.UnixMilli())
			}
		})
	}
}

// COMPLETE, and states of streams that have none, come from the platform where the source has
// succeeded (A.9, two worlds).
func TestWhatThePlatformAdds(t *testing.T) {
	t.Parallel()
	whole2 := func(lines ...string) []string { return whole("a", lines...) }
	resumable := fullRefresh("a", protocol.DestinationAppend)
	resumable.Stream.IsResumable = true
	empty := []string{"Stream a has no state; the platform adds an empty one"}
	full := catalogOf(fullRefresh("a", protocol.DestinationAppend))
	for name, k := range map[string]talk{
		"COMPLETE in one world":    {source: whole2(state("a", `{}`)), registry: true, gets: []string{"STATE", `"COMPLETE"`}},
		"and not in the other one": {source: whole2(state("a", `{}`)), gets: []string{"STATE"}},
		"nor after a failure":      {source: whole2(state("a", `{}`)), registry: true, code: 1, gets: []string{"STATE"}, fails: "exit code 1"},
		"an empty state":           {source: whole2(record1), catalog: full, gets: []string{"RECORD", `"stream_state":{}`}, findings: empty},
		"and COMPLETE behind it":   {source: whole2(), catalog: full, registry: true, gets: []string{`"stream_state":{}`, "COMPLETE"}, findings: empty},
		"none after a failure": {
			source: whole2(record1), catalog: full, code: 1, gets: []string{"RECORD"},
			fails: "exit code 1",
		},
		"none beside a state": {source: whole2(state("a", `{"i":1}`)), catalog: full, gets: []string{`{"i":1}`}},
		"none beside a global one": {
			source: append(whole("a"), append(whole("b"), `{"type":"STATE","state":{"type":"GLOBAL","global":{"stream_states":[]}}}`)...),
			catalog: catalogOf(fullRefresh("a", protocol.DestinationAppend),
				fullRefresh("b", protocol.DestinationAppend)),
			gets: []string{"GLOBAL"},
		},
		"none of a resumable stream": {
			source: whole2(), catalog: catalogOf(resumable), gets: []string{},
			findings: []string{"wrote no state"},
		},
		"none of an incremental stream": {
			source: whole2(), gets: []string{}, findings: []string{"wrote no state"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k.run(t)
		})
	}
}
