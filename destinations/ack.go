package destinations

import "github.com/airbyte-go/cdk/protocol"

// ack is a state that waits to be written back.
type ack struct {
	message  *protocol.Message
	stream   *streamRun // nil: all of them
	seq      int64      // of the last record before it
	size     int64
	records  int64 // since the state before it, rejected ones included
	rejected int64
}

// covers tells whether the state speaks of the stream.
func (a *ack) covers(s *streamRun) bool { return a.stream == nil || a.stream == s }

// count adds to the state what the destination has counted.
func (a *ack) count() {
	stats := a.message.State.DestinationStats
	if stats == nil {
		stats = new(protocol.StateStats)
	}
	loaded := protocol.Count(a.records - a.rejected)
	stats.RecordCount = &loaded
	if a.rejected > 0 {
		rejected := protocol.Count(a.rejected)
		stats.RejectedRecordCount = &rejected
	}
	a.message.State.DestinationStats = stats
}

// acks are the states on their way back. They are guarded by the engine's lock.
type acks struct {
	waiting  []*ack // in the order in which they came
	outbox   []*ack // may be written
	emitting bool   // somebody writes them
}

// durable tells whether every record that the state covers is.
func (e *engine) durable(a *ack) bool {
	if a.stream != nil {
		return a.stream.oldest() > a.seq
	}
	for _, s := range e.streams {
		if s.oldest() <= a.seq {
			return false
		}
	}
	return true
}

// accept takes in a state that has arrived. Where nothing before it waits it goes out at once.
func (e *engine) accept(a *ack) {
	if e.durable(a) {
		e.post(a)
		return
	}
	e.waiting = append(e.waiting, a)
}

// release moves the states whose records have become durable to the outbox. They keep their order:
// the records of a stream become durable one after the other, so where a state is due, so is every
// earlier one of its stream.
func (e *engine) release() {
	kept := e.waiting[:0]
	for _, a := range e.waiting {
		if e.durable(a) {
			e.post(a)
		} else {
			kept = append(kept, a)
		}
	}
	clear(e.waiting[len(kept):])
	e.waiting = kept
}

// post puts a state into the outbox.
func (e *engine) post(a *ack) {
	a.count()
	e.outbox = append(e.outbox, a)
}

// emit writes what is in the outbox, in order and without holding the lock: standard output may be
// slow. It returns at once where somebody else does it.
func (e *engine) emit() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.emitting {
		return
	}
	e.emitting = true
	for len(e.outbox) > 0 {
		a := e.outbox[0]
		e.outbox = e.outbox[1:]
		e.mu.Unlock()
		err := e.out.Write(a.message)
		e.mu.Lock()
		if err != nil {
			e.outbox = nil
			e.fail(err)
		}
		e.used -= a.size
		e.changed.Broadcast()
	}
	e.emitting = false
	e.changed.Broadcast()
}
