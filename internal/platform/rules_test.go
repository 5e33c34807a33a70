package platform_test

import (
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
