package conformance

import (
	"context"
	"fmt"

	"github.com/airbyte-go/cdk/protocol"
)

var checkpointLooks = []writeLook{
	{
		name: "mid_sync_checkpointing_stream_state",
		want: "each state of a stream only when the rows before it are there to be read",
		mend: "Write a state back when what came before it is durable, not when it is read.",
		at:   func(ctx context.Context, w *writing, v *verdict) { checkpoints(ctx, w, v, false) },
	},
	{
		name: "mid_sync_checkpointing_global_state",
		want: "each state of all streams only when the rows of all streams before it are there",
		mend: "Have a GLOBAL state wait for every stream.",
		at:   func(ctx context.Context, w *writing, v *verdict) { checkpoints(ctx, w, v, true) },
	},
	{
		name: "states_come_back_as_they_were",
		want: "all states, each once, in their order, and with all that nobody knows",
		mend: "Keep the text of a state, or all of its unknown properties and exact numbers.",
		at: func(ctx context.Context, w *writing, v *verdict) {
			oddStates(ctx, w, v, stateOf)
		},
	},
	{
		name: "global_states_come_back_as_they_were",
		want: "all GLOBAL states, each once, in their order, and with all that nobody knows",
		mend: "Keep the text of a state, or all of its unknown properties and exact numbers.",
		at: func(ctx context.Context, w *writing, v *verdict) {
			oddStates(ctx, w, v, func(stream) saying { return globalState() })
		},
	},
}

func checkpoints(ctx context.Context, w *writing, v *verdict, global bool) {
	a, b := w.stream("a", userProperties), w.stream("b", userProperties)
	stateOr := stateOf
	if global {
		stateOr = func(stream) saying { return globalState() }
	}
	sayings := []saying{
		record(a, `{"id":1}`), record(b, `{"id":2}`), record(b, `{"id":3}`), waiting(stateOr(a)),
		record(a, `{"id":4}`), waiting(stateOr(b)), record(b, `{"id":5}`), record(a, `{"id":6}`),
		stateOr(a), record(b, `{"id":7}`), stateOr(b),
	}
	looked := false
	p := plot{streams: []stream{a, b}, sayings: sayings}
	p.acked = func(st *protocol.State) {
		looked = true
		for _, s := range p.streams {
			if global || st.Stream != nil && st.Stream.Descriptor == s.of() {
				w.covers(ctx, v, s, sayings[:min(placeOf(st).At, len(sayings))])
			}
		}
	}
	if !w.write(ctx, v, p) {
		return
	}
	if !looked {
		v.Fail("No state came back.")
	}
	w.has(ctx, v, a, `{"id":1}`, `{"id":4}`, `{"id":6}`)
	w.has(ctx, v, b, `{"id":2}`, `{"id":3}`, `{"id":5}`, `{"id":7}`)
}

// covers fails unless the records of a stream among some sayings are there.
func (w *writing) covers(ctx context.Context, v *verdict, s stream, sayings []saying) {
	var want []string
	for _, one := range sayings {
		if one.data != "" && one.stream == s.of() {
			want = append(want, one.data)
		}
	}
	rows, err := w.Rows(ctx, s.of())
	if err != nil {
		v.Fail("The rows of stream %s cannot be read: %v.", s.of(), err)
		return
	}
	if missing, _ := compareRows(want, rows); len(missing) > 0 {
		v.Fail("When a state came back, %d of the %d records before it were not there in stream "+
			"%s.%s", len(missing), len(want), s.of(), listed("Missing", missing))
	}
}

// oddStates sends states that hold what only their source knows, and some that are the same.
func oddStates(ctx context.Context, w *writing, v *verdict, state func(s stream) saying) {
	s := w.stream("t", userProperties)
	odd := func(blob, extra string) saying {
		one := state(s)
		one.blob, one.extra = blob, extra
		return one
	}
	sayings := []saying{
		record(s, `{"id":1}`),
		odd(`,"n":12345678901234567890.10,"nested":{"list":[{"x":null},1e3],"<&>":"\u00e9\/"}`, ""),
		odd(`,"empty":{"":[]}`, `,"vendor":{"deep":[1.0,{"n":9007199254740993}],"none":null}`),
	}
	for i := range 4 {
		sayings = append(sayings, odd("", ""), record(s, fmt.Sprintf(`{"id":%d}`, i+2)))
	}
	w.plain(ctx, v, s, append(sayings, odd("", ""))...)
}
