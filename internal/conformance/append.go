package conformance

import "context"

var appendLooks = []writeLook{
	{
		name: "append", want: "the rows of all syncs, twice where they came twice",
		mend: "Add to what is there, and compare nothing.",
		at:   appendTwice,
	},
	{
		name: "append_after_failure",
		want: "what was acknowledged before a failure once, and all that follows",
		mend: "Load what came before the end of the input also after a failure, and do not load " +
			"again what an earlier attempt has left.",
		at: appendAfterFailure,
	},
	{
		name: "append_schema_evolution",
		want: "old and new rows, and the new column of the new ones",
		mend: "Compare the schema of the catalog with the columns that are there before loading, " +
			"and add what is missing.",
		at: appendSchemaEvolution,
	},
}

func appendTwice(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", userProperties)
	for range 2 {
		if !w.plain(ctx, v, s, record(s, `{"id":1,"name":"a"}`), record(s, `{"id":1,"name":"a"}`),
			stateOf(s)) {
			return
		}
	}
	row := `{"id":1,"name":"a"}`
	w.has(ctx, v, s, row, row, row, row)
}

func appendAfterFailure(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", userProperties)
	report := w.sync(ctx, v, plot{streams: []stream{s}, sayings: []saying{
		record(s, `{"id":1}`), record(s, `{"id":2}`), stateOf(s), record(s, `{"id":3}`), stateOf(s),
	}, fails: 3, attempts: 2})
	if report == nil {
		return
	}
	if w.counted {
		w.mustFail(v, report, noComplete)
	}
	w.eventually(ctx, v, report, s, `{"id":1}`, `{"id":2}`, `{"id":3}`)
}

func appendSchemaEvolution(ctx context.Context, w *writing, v *verdict) {
	const both = `{"id":{"type":"integer"},"name":{"type":"string"},`
	s := w.stream("t", both+`"gone":{"type":"string"}}`)
	if !w.plain(ctx, v, s, record(s, `{"id":1,"name":"a","gone":"x"}`), stateOf(s)) {
		return
	}
	s = s.with(both + `"new":{"type":"boolean"}}`)
	if w.plain(ctx, v, s, record(s, `{"id":2,"name":"b","new":true}`), stateOf(s)) {
		w.has(ctx, v, s, `{"id":1,"name":"a","new":null}`, `{"id":2,"name":"b","new":true}`)
	}
}
