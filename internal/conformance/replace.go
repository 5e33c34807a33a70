package conformance

import (
	"context"

	"github.com/airbyte-go/cdk/protocol"
)

var overwrites = []protocol.DestinationSyncMode{overwriteMode}

var replaceLooks = []writeLook{
	{
		name: "truncate_refresh", want: "the rows of the last sync and no others",
		mend:  "Replace what was there before when the stream has ended well.",
		needs: overwrites, at: truncateRefresh,
	},
	{
		name: "interrupted_truncate_with_prior_data",
		want: "what was there before until the new rows are complete, and then these alone",
		mend: "Load a stream that is to be replaced beside what is there, and put it in its " +
			"place once it is COMPLETE, or the input ends well where nobody says so.",
		needs: overwrites, at: interruptedWithPriorData,
	},
	{
		name: "interrupted_truncate_without_prior_data",
		want: "all rows of a stream that took two attempts, each of them once",
		mend: "Where there are generation ids, go on with what an attempt of the same generation " +
			"has loaded; begin anew where there are none.",
		needs: overwrites, at: interruptedWithoutPriorData,
	},
	{
		name:  "interrupted_truncate_then_newer_generation",
		want:  "the rows of the newest generation and no others",
		mend:  "Look at the generation of what an earlier attempt has left, and drop an older one.",
		needs: overwrites, counted: true, at: interruptedThenNewer,
	},
	{
		name: "resume_after_cancelled_truncate",
		want: "the old rows, those of the truncate that did not end, and those that follow",
		mend: "Move what an attempt of the same generation has loaded into place when the stream " +
			"is not to be replaced any more: its states were written back.",
		needs: overwrites, counted: true, at: resumeAfterCancelled,
	},
}

func truncateRefresh(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", userProperties).replacing()
	for _, row := range []string{`{"id":1}`, `{"id":2}`} {
		if !w.plain(ctx, v, s, record(s, row), stateOf(s)) {
			return
		}
		w.has(ctx, v, s, row)
	}
	if w.plain(ctx, v, s, stateOf(s)) {
		w.hasWhen(ctx, v, "after a sync without a record", s)
	}
}

// prior writes a first generation, which appends or replaces nothing.
func (w *writing) prior(ctx context.Context, v *verdict, streams ...stream) bool {
	p := plot{streams: streams}
	for _, s := range streams {
		p.sayings = append(p.sayings, record(s, `{"id":1}`), stateOf(s))
	}
	return w.write(ctx, v, p)
}

// interrupt sets how the first attempt of a plot ends. Where the platform says COMPLETE, the source
// fails. Elsewhere nobody can tell such a failure from success, so the input breaks off.
func (w *writing) interrupt(p plot, failsBehind, cutsIn int) plot {
	p.attempts = 2
	if w.counted {
		p.fails = failsBehind
	} else {
		p.cuts = cutsIn
	}
	return p
}

const noComplete = "it was not told that the stream is complete"

func interruptedWithPriorData(ctx context.Context, w *writing, v *verdict) {
	s, other := w.stream("t", userProperties).replacing(), w.stream("o", userProperties).replacing()
	if !w.prior(ctx, v, s, other) {
		return
	}
	p := plot{streams: []stream{s, other}, sayings: []saying{
		record(other, `{"id":7}`), stateOf(other), record(s, `{"id":2}`), stateOf(s),
		record(s, `{"id":3}`), stateOf(s),
	}}
	p.again = func() {
		w.hasWhen(ctx, v, "after the first attempt", s, `{"id":1}`)
		w.hasWhen(ctx, v, "after the first attempt", other, `{"id":1}`)
	}
	report := w.sync(ctx, v, w.interrupt(p, 4, 3))
	if report == nil {
		return
	}
	w.mustFail(v, report, noComplete)
	w.endsWith(ctx, v, report, s, `{"id":2}`, `{"id":3}`)
	w.endsWith(ctx, v, report, other, `{"id":7}`)
}

func interruptedWithoutPriorData(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", userProperties).replacing()
	report := w.sync(ctx, v, w.interrupt(plot{streams: []stream{s}, sayings: []saying{
		record(s, `{"id":2}`), stateOf(s), record(s, `{"id":3}`), stateOf(s),
	}}, 2, 2))
	if report == nil {
		return
	}
	w.mustFail(v, report, noComplete)
	w.endsWith(ctx, v, report, s, `{"id":2}`, `{"id":3}`)
}

func interruptedThenNewer(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", userProperties).replacing()
	if !w.prior(ctx, v, s) || w.sync(ctx, v, plot{
		streams: []stream{s}, sayings: []saying{record(s, `{"id":2}`), stateOf(s)}, fails: 2,
	}) == nil {
		return
	}
	if w.plain(ctx, v, s, record(s, `{"id":3}`), stateOf(s)) {
		w.has(ctx, v, s, `{"id":3}`)
	}
}

func resumeAfterCancelled(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", userProperties)
	if !w.prior(ctx, v, s) {
		return
	}
	cancelled := w.sync(ctx, v, plot{streams: []stream{s.replacing()}, sayings: []saying{
		record(s, `{"id":2}`), stateOf(s),
	}, fails: 2})
	if cancelled == nil {
		return
	}
	want := []string{`{"id":1}`, `{"id":3}`}
	if cancelled.Attempts[0].Committed > 0 {
		want = append(want, `{"id":2}`)
	} else {
		v.Note("The truncate that was cancelled was not acknowledged: nothing of it has to stay.")
	}
	if w.plain(ctx, v, s, record(s, `{"id":3}`), stateOf(s)) {
		w.has(ctx, v, s, want...)
	}
}
