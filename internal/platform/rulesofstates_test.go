package platform_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/protocol"
)

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
