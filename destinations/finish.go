package destinations

import (
	"context"
	"fmt"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// finish finishes the streams that ended complete, and tells of the others. It does nothing where
// the write was stopped, and stops it where the input was of no use. Nothing else runs any more.
func (e *engine) finish() {
	e.mu.Lock()
	if err := e.inputFailure(); err != nil && !e.stopped {
		e.fail(err)
	}
	if e.stopped {
		e.mu.Unlock()
		return
	}
	var left []*streamRun
	marks := e.hasMarks()
	for _, s := range e.streams {
		if s.isComplete(marks) {
			e.ended = append(e.ended, s)
		} else {
			left = append(left, s)
		}
	}
	for range min(e.concurrency, len(e.ended)) {
		e.working++
		go e.finishSome()
	}
	e.mu.Unlock()
	for _, s := range left {
		e.log.Warn(fmt.Sprintf("Stream %s did not end complete, so it is not finished.%s",
			s.Descriptor, s.kept()))
	}
	e.await(e.idle)
}

// kept says what that means for a stream that is to be replaced.
func (s *streamRun) kept() string {
	if s.Replace {
		return " What was there before stays."
	}
	return ""
}

// finishSome finishes one stream after the other.
func (e *engine) finishSome() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.ended) > 0 && !e.stopped {
		s := e.ended[0]
		e.ended = e.ended[1:]
		e.mu.Unlock()
		err := guard("finished", s.Descriptor, func() error {
			return e.loader.Finish(e.work, s.Stream)
		})
		e.mu.Lock()
		if err != nil {
			e.fail(streamError(s.Descriptor, err))
		}
	}
	e.working--
	e.changed.Broadcast()
}

// inputFailure says why nothing may be finished. Where generations are counted the platform says of
// each stream how it ended, unless the source failed.
func (e *engine) inputFailure() error {
	if e.inputErr != nil {
		return e.inputErr
	}
	var open []string
	for _, s := range e.streams {
		if s.counted && !isTerminal(s.status) {
			open = append(open, s.String())
		}
	}
	if len(open) == 0 {
		return nil
	}
	return protocol.Errorf(protocol.TransientError, "Standard input ended before these streams "+
		"were said to be complete, so the source failed or was stopped: %s. Nothing is replaced; "+
		"a later sync goes on.", strings.Join(open, ", "))
}

func isTerminal(s protocol.StreamStatus) bool {
	return s == protocol.StatusComplete || s == protocol.StatusIncomplete
}

// hasMarks tells whether the source is one of this kit, which marks its states.
func (e *engine) hasMarks() bool {
	for _, s := range e.streams {
		if s.marked {
			return true
		}
	}
	return false
}

// isComplete tells whether the source has read the stream to its end, as far as anyone can tell. A
// platform that counts no generations closes the input in the same way after a failure: then a
// status, which comes only where a source is piped in directly, or the marks of the states decide;
// a source that marks its states does so for every stream it completes. Of other sources the end of
// the input has to do, but a stream of which no state came is not replaced: of a source that ended
// well there is one, if need be from the platform, and of one that was killed before its first
// state there are only records.
func (s *streamRun) isComplete(marks bool) bool {
	switch {
	case isTerminal(s.status):
		return s.status == protocol.StatusComplete
	case marks:
		return s.marked && s.complete
	case s.Replace:
		return s.stated
	}
	return true
}

// close closes the loader and tells how the write went. A failure of closing counts where there is
// no other.
func (e *engine) close(err error) error {
	e.mu.Lock()
	abandoned, besides := e.abandoned, e.besides
	e.mu.Unlock()
	if abandoned {
		e.log.Error("The destination did not stop in time and is left behind.")
	} else {
		closing := guard("closed", protocol.Descriptor{}, e.loader.Close)
		if closing != nil {
			besides = append(besides, closing)
		}
	}
	e.cancel(context.Canceled)
	e.summarize()
	if err == nil && len(besides) > 0 {
		return destinationError("closed", besides[0])
	}
	for _, other := range besides {
		e.log.Error(fmt.Sprintf("Besides: %s.", other))
	}
	return err
}

// summarize logs what became of each stream.
func (e *engine) summarize() {
	e.mu.Lock()
	stray := e.stray
	e.mu.Unlock()
	if stray > strayLogged {
		e.log.Warn(fmt.Sprintf("%d lines of standard input were no messages of the protocol.",
			stray))
	}
	for _, s := range e.streams {
		e.mu.Lock()
		said := []any{
			"records", s.loaded, "rejected", s.rejected, "batches", s.batches, "loading", s.took,
		}
		e.mu.Unlock()
		e.log.Info(fmt.Sprintf("Loaded stream %s.", s.Descriptor), said...)
	}
}
