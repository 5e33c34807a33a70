package destinations

import (
	"math"

	"github.com/airbyte-go/cdk/protocol"
)

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
	barriers int    // of these, so many cover all streams
	looks    int64
	outbox   []*ack // may be written
	emitting bool   // somebody writes them
}

// durable tells whether every record that the state covers is.
func (e *engine) durable(a *ack) bool {
	if a.stream != nil {
		return a.stream.oldest() > a.seq
	}
	oldest := int64(math.MaxInt64)
	for _, s := range e.streams {
		oldest = min(oldest, s.oldest())
	}
	return oldest > a.seq
}

// accept takes in a state that has arrived. Where nothing before it waits it goes out at once.
func (e *engine) accept(a *ack) {
	free := len(e.waiting) == 0
	if a.stream != nil {
		free = e.barriers == 0 && a.stream.waiting == 0
	}
	if free && e.durable(a) {
		e.post(a)
		return
	}
	e.waiting = append(e.waiting, a)
	if a.stream == nil {
		e.barriers++
	} else {
		a.stream.waiting++
	}
}

// release moves the states whose records have become durable to the outbox. A state that must wait
// holds up those behind it, of its stream or, where it covers all, of every stream.
func (e *engine) release() {
	e.looks++
	kept := e.waiting[:0]
	blocked := false // by one that covers all
	for _, a := range e.waiting {
		behind := blocked || a.stream == nil && len(kept) > 0 ||
			a.stream != nil && a.stream.blocked == e.looks
		switch {
		case !behind && e.durable(a):
			e.post(a)
			if a.stream == nil {
				e.barriers--
			} else {
				a.stream.waiting--
			}
			continue
		case a.stream == nil:
			blocked = true
		default:
			a.stream.blocked = e.looks
		}
		kept = append(kept, a)
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
