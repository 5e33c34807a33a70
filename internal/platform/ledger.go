package platform

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// ledger numbers the states of an attempt and counts what lies between them (C.5). It is guarded by
// the board's lock.
type ledger struct {
	kind    protocol.StateType // of all states of the attempt; empty before the first
	lastID  int64
	since   map[*StreamReport]*interval    // not covered by a state yet
	pending map[*StreamReport][]*sentState // not written back yet, by scope; nil speaks of all
	ids     given                          // of all states so far
	newest  map[*StreamReport]int64        // id of the last state that covers the stream
	acked   map[*StreamReport]int64        // the same of those that were written back
	doubled bool                           // two states have one id: counts mean nothing any more

	// strangers are the streams that the catalog does not have and the source has states of.
	strangers map[protocol.Descriptor]*streamOf
}

// interval is what lies between two states of one scope.
type interval struct{ records, bytes int64 }

// sentState is a state that the destination owes.
type sentState struct {
	id     int64
	state  *protocol.State // as it was sent
	stream *StreamReport   // nil: it speaks of all
	parts  map[*StreamReport]interval
}

// given are ids. Those that the platform gives, from 1 on, take no memory each.
type given struct {
	upTo   int64              // all from 1 to it
	others map[int64]struct{} // above it, or below 1
}

func (g *given) has(id int64) bool {
	_, isOther := g.others[id]
	return isOther || 1 <= id && id <= g.upTo
}

func (g *given) add(id int64) {
	if g.has(id) {
		return
	}
	g.others[id] = struct{}{}
	for ; g.has(g.upTo + 1); g.upTo++ {
		delete(g.others, g.upTo+1)
	}
}

func newLedger() ledger {
	return ledger{
		since:   map[*StreamReport]*interval{},
		pending: map[*StreamReport][]*sentState{},
		ids:     given{others: map[int64]struct{}{}},
		newest:  map[*StreamReport]int64{},
		acked:   map[*StreamReport]int64{},

		strangers: map[protocol.Descriptor]*streamOf{},
	}
}

// stranger returns the stream of a state that the catalog does not have.
func (l *ledger) stranger(d protocol.Descriptor) *streamOf {
	s := l.strangers[d]
	if s == nil {
		s = &streamOf{StreamReport: new(StreamReport), names: d}
		l.strangers[d] = s
	}
	return s
}

// count counts a record that goes to the destination.
func (l *ledger) count(s *StreamReport, bytes int64) {
	i := l.since[s]
	if i == nil {
		i = new(interval)
		l.since[s] = i
	}
	i.records++
	i.bytes += bytes
}

// checkKind refuses what the platform's state enricher refuses (A.9, source side).
func (l *ledger) checkKind(st *protocol.State) error {
	kind := cmp.Or(st.Type, protocol.StateLegacy)
	switch {
	case kind != protocol.StateStream && kind != protocol.StateGlobal:
		return fmt.Errorf("the source wrote a %s state; the platform takes STREAM and GLOBAL "+
			"only", kind)
	case kind == protocol.StateStream && st.Stream == nil,
		kind == protocol.StateGlobal && st.Global == nil:
		return fmt.Errorf("the source wrote a %s state without its content", kind)
	case l.kind != "" && l.kind != kind:
		return fmt.Errorf("the source wrote a %s state after a %s state; the platform fails a "+
			"sync that mixes them", kind, l.kind)
	}
	l.kind = kind
	return nil
}

// enrich gives a state its number and its count where it has none (A.4, A.9), and notes it. It
// returns what the platform's own count of records is, and the source's, if it has one.
func (l *ledger) enrich(st *protocol.State, stream *StreamReport) (own int64, theirs *float64) {
	sent := &sentState{stream: stream, parts: map[*StreamReport]interval{}}
	for s, i := range l.since {
		if stream == nil || stream == s {
			sent.parts[s] = *i
			own += i.records
			*i = interval{}
		}
	}
	if st.ID == nil {
		st.ID = new(l.lastID + 1)
	}
	sent.id = *st.ID
	if l.ids.has(sent.id) {
		l.doubled = true
	}
	l.ids.add(sent.id)
	l.lastID = max(l.lastID, sent.id)
	if st.SourceStats == nil {
		st.SourceStats = new(protocol.StateStats)
	}
	if st.SourceStats.RecordCount == nil {
		st.SourceStats.RecordCount = new(protocol.Count(own))
	} else {
		theirs = (*float64)(st.SourceStats.RecordCount)
	}
	sent.state = st
	l.pending[stream] = append(l.pending[stream], sent)
	return own, theirs
}

// covers notes that a state speaks of a stream.
func (l *ledger) covers(s *StreamReport, id int64) { l.newest[s] = id }

// take finds the state that the destination has written back, by its id in the scope of which it
// speaks, and takes away all that it covers: what was sent before it in the same scope. passed are
// those that were never written back themselves; late says that the state is covered already.
func (l *ledger) take(
	id int64, scope *StreamReport,
) (sent *sentState, passed []*sentState, late bool) {
	at := l.position(scope, id)
	for other := range l.pending { // what it speaks of may have been altered
		if at >= 0 {
			break
		}
		scope, at = other, l.position(other, id)
	}
	if at < 0 {
		return nil, nil, l.ids.has(id)
	}
	queue := l.pending[scope]
	sent, passed, l.pending[scope] = queue[at], queue[:at], queue[at+1:]
	return sent, passed, false
}

// position is where a state stands among those that are owed; -1 where it does not.
func (l *ledger) position(scope *StreamReport, id int64) int {
	return slices.IndexFunc(l.pending[scope], func(p *sentState) bool { return p.id == id })
}

// owed is how many states were not written back.
func (l *ledger) owed() (n int) {
	for _, queue := range l.pending {
		n += len(queue)
	}
	return n
}

// altered says what the destination changed in a state; empty: nothing. It may add statistics and
// the bookkeeping of sockets, and nothing else (A.4, A.9).
func altered(sent, back *protocol.State) string {
	a, b := *sent, *back
	for _, st := range []*protocol.State{&a, &b} {
		st.SourceStats, st.DestinationStats = nil, nil
		st.Bookkeeping = protocol.Bookkeeping{}
	}
	textA, errA := a.MarshalJSON()
	textB, errB := b.MarshalJSON()
	switch {
	case errA != nil || errB != nil:
		return "it cannot be written"
	case jsonraw.Equal(textA, textB) && sameStats(sent.SourceStats, back.SourceStats):
		return ""
	case a.Stream != nil && b.Stream != nil && !jsonraw.Equal(a.Stream.State, b.Stream.State):
		return "its stream_state"
	case !sameStats(sent.SourceStats, back.SourceStats):
		return "its sourceStats"
	}
	return "properties of it"
}

func sameStats(a, b *protocol.StateStats) bool {
	if a == nil || b == nil {
		return a == b
	}
	textA, errA := a.MarshalJSON()
	textB, errB := b.MarshalJSON()
	return errA == nil && errB == nil && jsonraw.Equal(textA, textB)
}
