package acceptance

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/protocol"
)

// incremental reads from states.
type incremental struct {
	readSubject
	test IncrementalTest

	next *heard // the read from the last state
}

func (s *session) incrementalChecks(prefix string, test IncrementalTest) []Check {
	r := &incremental{readSubject: readSubject{
		session: s, common: test.common, prefix: prefix, catalogPath: test.CatalogPath,
		mode: protocol.SyncIncremental,
	}, test: test}
	s.reads = append(s.reads, &r.readSubject)
	return slices.Concat(containerOf(prefix, test.Container),
		checksOf(prefix, r, incrementalLooks))
}

var incrementalLooks = []look[*incremental]{
	succeeds[*incremental](),
	{
		"keeps_the_rules", "a first read that keeps the rules of every read",
		"See the sentence; the checks of basic_read say more on each rule.",
		func(ctx context.Context, r *incremental, v *Verdict) {
			if h, ok := r.begin(ctx, v); ok {
				r.keepsRules(h, "The first read", v, transcript.LineRules, transcript.EndRules)
			}
		},
	},
	{
		"state_is_accepted", "a read from the last state that ends well and keeps all rules",
		"Accept as --state what the connector itself has written.",
		func(ctx context.Context, r *incremental, v *Verdict) {
			if _, next, ok := r.both(ctx, v); ok {
				r.mustSucceed(next, "The next read", v)
			}
		},
	},
	{
		"state_is_used", "fewer records from the last state than from the beginning",
		"Begin behind the position in the state instead of at the beginning.",
		stateIsUsed,
	},
	{
		"states_go_forward", "states whose cursor never goes back, within a read and from one to " +
			"the next",
		"Keep the highest cursor that is safe, also where records come in another order.",
		statesGoForward,
	},
	{
		"states_do_not_run_ahead", "no record after a state that lies before the state's cursor",
		"Write a state only after the records it covers.",
		statesDoNotRunAhead,
	},
	{
		"nothing_is_lost", "each record before a state, or in the read that resumes from it",
		"Let a state cover only what was written before it, and read everything behind it.",
		nothingIsLost,
	},
	{
		"nothing_older", "no records older than the state a read resumes from",
		"Ask for what is newer than the state; where a lookback is intended, leave it.",
		nothingOlder,
	},
	{
		"future_state", "no records from a state in the far future, and a state for each stream",
		"Compare the position in the state with what there is to read.",
		futureState,
	},
}

// mustSucceed looks at a read that has to end well.
func (s *session) mustSucceed(h *heard, which string, v *Verdict) {
	h.mustExitZero(which, v)
	s.keepsRules(h, which, v, transcript.LineRules, transcript.EndRules)
}

// from reads once more, from a state.
func (r *incremental) from(ctx context.Context, state []byte) (*heard, error) {
	call, err := r.call(ctx)
	if err != nil {
		return nil, err
	}
	call.State = state
	h := r.session.call(ctx, call, r.bound(longReadTimeout), r.DeploymentMode)
	return h, h.err
}

// both reads from the beginning and from where that ended.
func (r *incremental) both(ctx context.Context, v *Verdict) (first, next *heard, ok bool) {
	first, ok = r.begin(ctx, v)
	if !ok {
		return nil, nil, false
	}
	if r.next == nil {
		var err error
		if r.next, err = r.from(ctx, first.LastState()); err != nil && r.next == nil {
			v.Skip("%v", err)
			return nil, nil, false
		}
	}
	return first, r.next, r.next.mustEnd(v)
}

// stateIsUsed allows for cursors that are inclusive and for those that look back a little, but not
// for reading all of several positions again.
func stateIsUsed(ctx context.Context, r *incremental, v *Verdict) {
	first, next, ok := r.both(ctx, v)
	if !ok {
		return
	}
	for _, s := range r.streamsOf() {
		d, cursor := s.Stream.Descriptor(), cursorOf(s)
		before := first.records(d)
		if s.SyncMode != protocol.SyncIncremental || cursor == nil || positions(before,
			cursor) < 2 {
			continue
		}
		if again := next.records(d); len(again) >= len(before) {
			v.Fail("Stream %s: from the beginning came %d records, and from the last state %d.", d,
				len(before), len(again))
		}
	}
}

// cursorOf is the path of a stream's cursor; nil where nothing outside the source knows it.
func cursorOf(s protocol.ConfiguredStream) []string {
	if len(s.CursorField) > 0 {
		return s.CursorField
	}
	if len(s.Stream.DefaultCursorField) > 0 {
		return s.Stream.DefaultCursorField
	}
	return nil
}

// positions counts the values that a cursor has in records.
func positions(records []recordAt, cursor []string) int {
	seen := map[string]bool{}
	for _, record := range records {
		if value, ok := jsonraw.Member(record.data, cursor); ok {
			seen[string(value)] = true
		}
	}
	return len(seen)
}

// stateCursor is the cursor in a stream's state, where that is a plain value under the cursor's
// name, as most connectors write it.
func stateCursor(state []byte, cursor []string) ([]byte, bool) {
	for _, path := range [][]string{cursor, {cursor[len(cursor)-1]}} {
		value, ok := jsonraw.Member(state, path)
		if ok && len(value) > 0 && value[0] != '{' && value[0] != '[' && !jsonraw.IsNull(value) {
			return value, true
		}
	}
	return nil, false
}

// compareCursors orders two values of a cursor: numbers as such, and texts as such, which is right
// for times in one format. Values of different kinds have no order.
func compareCursors(a, b []byte) (order int, ok bool) {
	if a[0] == '"' && b[0] == '"' {
		x, okX := jsonraw.Unquote(a)
		y, okY := jsonraw.Unquote(b)
		if n, isNumber := compareNumbers([]byte(x), []byte(y)); isNumber {
			return n, true
		}
		return strings.Compare(x, y), okX && okY && sameShape(x, y)
	}
	return compareNumbers(a, b)
}

func compareNumbers(a, b []byte) (order int, ok bool) {
	x, errX := json.Number(a).Float64()
	y, errY := json.Number(b).Float64()
	return cmp.Compare(x, y), errX == nil && errY == nil
}

// sameShape tells whether two texts are written in one format, as far as their length tells it.
func sameShape(a, b string) bool { return len(a) == len(b) }

func statesGoForward(ctx context.Context, r *incremental, v *Verdict) {
	first, next, ok := r.both(ctx, v)
	if !ok {
		return
	}
	for _, s := range r.streamsOf() {
		if cursor := cursorOf(s); cursor != nil {
			last := goesForward(first, "the first read", s, cursor, nil, v)
			goesForward(next, "the next read", s, cursor, last, v)
		}
	}
}

// goesForward follows the cursor in the states of one read, and returns the last.
func goesForward(
	h *heard, which string, s protocol.ConfiguredStream, cursor []string, last []byte, v *Verdict,
) []byte {
	d := s.Stream.Descriptor()
	for line, value := range h.cursorsOf(d, cursor) {
		if last != nil {
			if order, ok := compareCursors(value, last); ok && order < 0 {
				v.Fail("Line %d of %s, stream %s: the cursor of the state goes back from %s to %s.",
					line, which, d, last, value)
			}
		}
		last = value
	}
	return last
}

// cursorsOf are the cursors in the states of a stream, each with its line.
func (h *heard) cursorsOf(d protocol.Descriptor, cursor []string) iter.Seq2[int, []byte] {
	return func(yield func(line int, value []byte) bool) {
		for l := range h.Said() {
			state := l.Message.State
			if state == nil || state.Stream == nil || state.Stream.Descriptor != d {
				continue
			}
			value, ok := stateCursor(state.Stream.State, cursor)
			if ok && !yield(l.Number, value) {
				return
			}
		}
	}
}

// statesDoNotRunAhead compares states with the records after them: none may lie before the cursor
// of a state, or it would be lost when the next read starts from there.
func statesDoNotRunAhead(ctx context.Context, r *incremental, v *Verdict) {
	h, ok := r.begin(ctx, v)
	if !ok {
		return
	}
	for _, s := range r.streamsOf() {
		cursor, d := cursorOf(s), s.Stream.Descriptor()
		if cursor == nil || s.SyncMode != protocol.SyncIncremental {
			continue
		}
		records := h.records(d)
		for line, at := range h.cursorsOf(d, cursor) {
			if late := laterBelow(records, cursor, line, at); late > 0 {
				v.Fail("Line %d, stream %s: the state is at %s, and the record on line %d, which "+
					"comes after it, lies before that.", line, d, at, late)
			}
		}
	}
}

// laterBelow is the line of a record that comes after a state and lies strictly before its cursor;
// 0 when there is none.
func laterBelow(records []recordAt, cursor []string, line int, at []byte) int {
	for _, record := range records {
		value, ok := jsonraw.Member(record.data, cursor)
		if record.line < line || !ok {
			continue
		}
		if order, ok := compareCursors(value, at); ok && order < 0 {
			return record.line
		}
	}
	return 0
}

// nothingIsLost resumes from the states of a read.
func nothingIsLost(ctx context.Context, r *incremental, v *Verdict) {
	whole, ok := r.begin(ctx, v)
	if !ok {
		return
	}
	if r.test.Simple {
		v.Skip("skip_comprehensive_incremental_tests is on")
		return
	}
	points := whole.Checkpoints()
	chosen := spread(points, r.options.Resumes)
	for _, p := range chosen {
		resumed, err := r.from(ctx, p.State)
		if err != nil {
			v.Fail("The read from the state of line %d: %v.", p.Line, err)
			return
		}
		if resumed.Code != 0 {
			v.Fail("The read from the state of line %d ended with exit code %d: %s.", p.Line,
				resumed.Code, clip(resumed.Excuse()))
			continue
		}
		if lost := transcript.Missing(whole.Run, whole.Until(p.Line), resumed.Run); len(lost) > 0 {
			v.Fail("Stream %s: %d records came neither before the state of line %d nor in the "+
				"read that resumed from it.", lost[0].Stream, len(lost), p.Line)
		}
	}
	if len(chosen) < len(points) {
		v.Note("%d of %d states were tried.", len(chosen), len(points))
	}
}

// spread takes n of the points, the first and the last among them.
func spread(points []transcript.Checkpoint, n int) []transcript.Checkpoint {
	if len(points) <= n || n < 2 {
		return points[:min(len(points), max(n, 0))]
	}
	var chosen []transcript.Checkpoint
	for i := range n {
		chosen = append(chosen, points[i*(len(points)-1)/(n-1)])
	}
	return chosen
}

// nothingOlder only notes what it finds: a source may look back on purpose.
func nothingOlder(ctx context.Context, r *incremental, v *Verdict) {
	first, next, ok := r.both(ctx, v)
	if !ok {
		return
	}
	for _, s := range r.streamsOf() {
		cursor, d := cursorOf(s), s.Stream.Descriptor()
		if cursor == nil {
			continue
		}
		var at []byte
		for _, value := range first.cursorsOf(d, cursor) {
			at = value
		}
		if at == nil {
			continue
		}
		if line := laterBelow(next.records(d), cursor, 0, at); line > 0 {
			v.Note("Stream %s: the state is at %s, and line %d of the next read has an older "+
				"record.", d, at, line)
		}
	}
}
