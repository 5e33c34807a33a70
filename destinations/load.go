package destinations

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// reasonsLogged is how many rejected records of a stream are logged with their reasons.
const reasonsLogged = 5

// enclose closes the stream's open batch, if there is one, so that it will be loaded.
func (e *engine) enclose(s *streamRun) {
	if s.open == nil {
		return
	}
	s.queue = append(s.queue, s.open)
	s.open, s.deadline = nil, time.Time{}
	e.line(s)
}

// line puts the stream at the end of the list of those that can be loaded, if it is one.
func (e *engine) line(s *streamRun) {
	if !s.ready && s.loading == nil && len(s.queue) > 0 {
		s.ready = true
		e.ready = append(e.ready, s)
	}
}

// dispatch starts loads as long as there is a place for one.
func (e *engine) dispatch() {
	for !e.stopped && e.working < e.concurrency && len(e.ready) > 0 {
		s := e.ready[0]
		e.ready = e.ready[1:]
		s.ready = false
		s.loading, s.queue = s.queue[0], s.queue[1:]
		e.working++
		go e.load(s, s.loading)
	}
}

// load has one batch loaded. A batch that failed stays where it is, and with it every state behind
// its first record.
func (e *engine) load(s *streamRun, b *Batch) {
	begun := time.Now()
	err := guard("wrote", s.Descriptor, func() error { return e.loader.Load(e.work, b) })
	if err == nil {
		// Before the batch counts as loaded, because the process may end then.
		for _, reason := range e.settle(s, b) {
			e.logRejected(s.Descriptor, reason)
		}
	}
	e.mu.Lock()
	e.working--
	if err != nil {
		e.fail(streamError(s.Descriptor, err))
	} else {
		s.loading = nil
		s.batches++
		s.took += time.Since(begun)
		e.give(&b.records)
		e.release()
		e.line(s)
	}
	e.dispatch()
	e.changed.Broadcast()
	e.mu.Unlock()
	e.emit()
}

// settle counts what the loader rejected, in the first state behind each such record, or in the one
// that comes next. It returns the reasons that are worth a line in the log.
func (e *engine) settle(s *streamRun, b *Batch) (reasons []error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	s.loaded += int64(len(b.refs) - len(b.rejected))
	next := 0
	for _, place := range slices.Sorted(maps.Keys(b.rejected)) {
		seq := b.refs[place].seq
		for next < len(e.waiting) && (e.waiting[next].seq < seq || !e.waiting[next].covers(s)) {
			next++
		}
		if next < len(e.waiting) {
			e.waiting[next].rejected++
		} else {
			s.sinceRejected++
		}
		if s.reject() {
			reasons = append(reasons, b.rejected[place])
		}
	}
	return reasons
}

// reject counts a rejected record and tells whether its reason should be logged.
func (s *streamRun) reject() bool {
	s.rejected++
	if s.reasons == reasonsLogged {
		return false
	}
	s.reasons++
	return true
}

func (e *engine) logRejected(d protocol.Descriptor, reason error) {
	if reason == nil {
		reason = errors.New("the destination gave no reason")
	}
	e.log.Warn(fmt.Sprintf("A record of stream %s was rejected: %s.", d, reason))
}

// guard calls the author's code and turns a panic into an error. verb is what it was about to do
// with the stream.
func guard(verb string, d protocol.Descriptor, call func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicError(verb, d, v)
		}
	}()
	return call()
}

func panicError(verb string, d protocol.Descriptor, v any) error {
	what := "stream " + d.String()
	if d == (protocol.Descriptor{}) {
		what = "the destination"
	}
	cause, _ := v.(error)
	return &protocol.Error{
		Type: protocol.SystemError,
		Message: fmt.Sprintf("The connector crashed while it %s %s. This is a defect of the "+
			"connector; its logs hold the details.", verb, what),
		Internal:   fmt.Sprintf("panic: %v", v),
		StackTrace: string(debug.Stack()),
		Stream:     d,
		Cause:      cause,
	}
}

// streamError is err as the one ERROR trace, of stream d. The user reads the text of a plain error
// too: it is all there is to go by.
func streamError(d protocol.Descriptor, err error) error {
	e := protocol.AsError(err)
	_, typed := errors.AsType[*protocol.Error](err)
	switch {
	case typed:
	case errors.Is(err, context.DeadlineExceeded):
		e.Message = fmt.Sprintf("Stream %s could not be written in time: %s.", d, err)
	default:
		e.Message = fmt.Sprintf("Stream %s could not be written: %s.", d, err)
	}
	if e.Stream == (protocol.Descriptor{}) {
		e.Stream = d
	}
	return e
}
