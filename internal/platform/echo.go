package platform

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/airbyte-go/cdk/protocol"
)

// echo reads what the destination writes: the states that it has made durable, and what it says.
// When the sync cannot go on, the rest is read all the same, so that the destination does not
// block.
func (a *attempt) echo(r io.Reader) {
	refused := false
	lines := protocol.NewReader(r, protocol.ReaderOptions{})
	for line, lineErr := range lines.Lines() {
		switch {
		case errors.Is(lineErr, protocol.ErrLineTooLong):
			a.found(Destination, "A line is too long to be read.")
			continue
		case lineErr != nil:
			return
		}
		m, parseErr := protocol.Parse(line)
		switch {
		case parseErr != nil || m.Type == "" || m.State != nil && !isReadable(m.State):
			a.stray(Destination, line)
		case m.State != nil && !refused:
			if err := a.acknowledge(m.State); err != nil {
				refused = true
				a.refuse(err)
			}
		default:
			a.said(Destination, m)
		}
	}
}

// refuse ends the sync because of a state that came back. The reason is written down first: what
// the source says of its end comes of it.
func (a *attempt) refuse(err error) {
	origin := Destination
	if errors.Is(err, errNotStored) {
		origin = Platform
	}
	a.failure(origin, protocol.SystemError, err)
	a.giveUp()
}

// errNotStored is the platform's failure, whoever wrote the state.
var errNotStored = errors.New("the state cannot be stored")

// acknowledge takes in a state that the destination has written back, and stores it.
func (a *attempt) acknowledge(st *protocol.State) error {
	switch err := a.commit(st); {
	case errors.Is(err, errPassedOver):
		return nil
	case err != nil:
		return err
	}
	a.keeper.Lock()
	defer a.keeper.Unlock()
	a.sync.memory.States.Take(st)
	if err := a.sync.saveStates(); err != nil {
		return fmt.Errorf("%w: %w", errNotStored, err)
	}
	return nil
}

// commit counts what a state covers. A state without its id fails the sync, and one with an id
// that nobody gave is passed over with a warning (A.9, destination side).
func (a *attempt) commit(st *protocol.State) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if st.ID == nil {
		return errors.New("the destination wrote a state back without the id that the platform " +
			"gave it; the platform fails such a sync")
	}
	sent, passed, late := a.ledger.take(*st.ID, a.scopeOf(st))
	switch {
	case late:
		a.note(Destination, "A state was written back again, or after a later one of its stream.")
		return errPassedOver
	case sent == nil:
		a.note(Destination, "A state was written back with an id that the platform did not give.")
		return errPassedOver
	}
	if what := altered(sent.state, st); what != "" {
		a.note(Destination, "A state was not written back as it came: %s changed.", what)
	}
	if len(passed) > 0 {
		a.note(Destination, "A state was written back before earlier ones of its stream, or "+
			"these not at all.")
	}
	a.checkCount(sent, st)
	covered := append(slices.Clone(passed), sent)
	for _, p := range covered {
		a.book(p)
	}
	a.reject(sent, st, sum(covered))
	return nil
}

// scopeOf is the stream that a state speaks of; nil where it speaks of all, or of one that nobody
// knows.
func (a *attempt) scopeOf(st *protocol.State) *StreamReport {
	if st.Stream == nil {
		return nil
	}
	if s := a.streams[st.Stream.Descriptor]; s != nil {
		return s.StreamReport
	}
	if s := a.ledger.strangers[st.Stream.Descriptor]; s != nil {
		return s.StreamReport
	}
	return nil
}

// errPassedOver says that a state counts for nothing.
var errPassedOver = errors.New("passed over")

// checkCount compares the destination's count with the platform's own (A.9). A difference is only
// reported, as long as platform.fail-sync-on-invalid-checksum is off.
func (a *attempt) checkCount(sent *sentState, st *protocol.State) {
	own := sum([]*sentState{sent})
	stats := st.DestinationStats
	if stats == nil || stats.RecordCount == nil {
		a.note(Destination, "A state was written back without destinationStats.recordCount.")
		return
	}
	theirs := float64(*stats.RecordCount)
	if stats.RejectedRecordCount != nil {
		theirs += float64(*stats.RejectedRecordCount)
	}
	if theirs != float64(own) && !a.ledger.doubled {
		a.noteFirst("destinationStats of "+scopeName(st), Destination, fmt.Sprintf(
			"A state of %s says %v records in destinationStats, and %d were sent.",
			scopeName(st), theirs, own))
	}
}

// sum is how many records states cover.
func sum(states []*sentState) (records int64) {
	for _, sent := range states {
		for _, i := range sent.parts {
			records += i.records
		}
	}
	return records
}

// book counts what a state covers as committed.
func (a *attempt) book(sent *sentState) {
	for s, i := range sent.parts {
		s.Committed += i.records
		s.CommittedBytes += i.bytes
		a.current().Committed += i.records
	}
	for _, s := range a.ordered {
		if sent.stream == nil || sent.stream == s.StreamReport {
			s.Acknowledged++
			a.ledger.acked[s.StreamReport] = sent.id
			s.LastState = stateOf(sent.state, s.names)
		}
	}
}

// stateOf is a stream's part of a state; nil where it starts over.
func stateOf(st *protocol.State, d protocol.Descriptor) json.RawMessage {
	var one States
	one.Take(st)
	return one.Of(d)
}

// reject takes the rows that the destination has rejected out of those that are committed. More
// than were sent cannot be; that the counts disagree is noted elsewhere.
func (a *attempt) reject(sent *sentState, st *protocol.State, most int64) {
	if st.DestinationStats == nil || st.DestinationStats.RejectedRecordCount == nil {
		return
	}
	n := int64(max(0, min(float64(*st.DestinationStats.RejectedRecordCount), float64(most))))
	a.current().Committed -= n
	a.current().Rejected += n
	if s := sent.stream; s != nil {
		s.Committed -= n
		s.Rejected += n
	}
}
