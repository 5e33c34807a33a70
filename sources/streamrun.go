package sources

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

// streamRun reads one stream in one sync: it hands out slices, merges their progress, writes states
// and statuses, and ends in exactly one statement.
type streamRun struct {
	*engine
	stream      knownStream
	id          protocol.Descriptor
	incremental bool
	saved       streamState // incremental only
	limit       int64       // records to emit at most; 0 means all

	lane    *lane
	pace    pace
	started atomic.Bool  // whether STARTED has been written
	running atomic.Bool  // whether RUNNING has been written
	saying  sync.Mutex   // held while RUNNING is being written; taken before the writer's lock
	emitted atomic.Int64 // records handed over by the author's code, where there is a limit
	enough  atomic.Bool  // the limit is reached
	cancel  func()       // ends the slices in flight
	failure atomic.Pointer[protocol.Error]
	warned  sync.Map // warnings that have been logged
	beats   heartbeat

	mu         sync.Mutex // taken under the writer's lock, never the other way round
	progress   progress
	dispatched bool  // no further slice follows
	counter    int64 // records written since the last state
	written    int64 // records written in all
	said       mark  // the position of the last state
}

// run reads the stream to its end. It returns nil when the stream is complete.
func (s *streamRun) run(ctx context.Context) error {
	begun := time.Now()
	err := s.readSlices(ctx)
	if ctx.Err() != nil {
		s.interrupted()
		return context.Cause(ctx)
	}
	said := []any{"records", s.written, "after", time.Since(begun).Round(time.Millisecond)}
	if err != nil {
		s.failed(streamError(s.id, err))
		s.log.Error(fmt.Sprintf("Stream %s failed.", s.id), said...)
		return err
	}
	s.complete()
	s.log.Info(fmt.Sprintf("Stream %s is complete.", s.id), said...)
	return nil
}

// readSlices reads all slices and returns the first failure.
func (s *streamRun) readSlices(ctx context.Context) error {
	ctx, s.cancel = context.WithCancel(ctx)
	defer s.cancel()
	var flight sync.WaitGroup
	err := s.dispatch(ctx, &flight)
	flight.Wait()
	if failure := s.failure.Load(); failure != nil {
		return failure
	}
	if s.enough.Load() {
		return nil
	}
	return err
}

// dispatch hands each slice to the pool. After the first failure no further slice starts, because
// the position could not move past the failed one; those in flight go on to their end.
func (s *streamRun) dispatch(ctx context.Context, flight *sync.WaitGroup) error {
	defer s.lane.leave()
	for sp, last := range lookahead(s.spans()) {
		if err := s.lane.acquire(ctx); err != nil {
			return err
		}
		if s.failure.Load() != nil || s.enough.Load() {
			s.lane.release()
			return nil
		}
		s.start()
		slice := s.addSlice(sp, last)
		flight.Go(func() {
			defer s.lane.release()
			if err := s.readSlice(ctx, slice); err != nil && !s.enough.Load() {
				s.failure.CompareAndSwap(nil, streamError(s.id, err))
			}
		})
	}
	return nil
}

// lookahead tells of each value whether it is the last.
func lookahead[T any](seq iter.Seq[T]) iter.Seq2[T, bool] {
	return func(yield func(T, bool) bool) {
		var held T
		holds := false
		for next := range seq {
			if holds && !yield(held, false) {
				return
			}
			held, holds = next, true
		}
		if holds {
			yield(held, true)
		}
	}
}

// spans cuts the stream into slices: one that is open at both ends where there is no cursor.
func (s *streamRun) spans() iter.Seq[span] {
	if s.stream.desc.Cursor == nil {
		return span{}.undivided
	}
	return remaining(s.stream.desc.Cursor, s.saved.saved, time.Now())
}

func (s *streamRun) addSlice(sp span, last bool) *sliceProgress {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatched = last
	return s.progress.add(sp)
}

// readSlice reads one slice and closes it where it came to its end.
func (s *streamRun) readSlice(ctx context.Context, p *sliceProgress) error {
	r := newSliceRun(s, p)
	done, err := r.read(ctx)
	if closed := r.buffer.Close(); err == nil {
		err = closed
	}
	if err != nil || !done {
		return err
	}
	return s.closeSlice(p)
}

// closeSlice merges a slice that has been read to its end and whose lines have left the process.
func (s *streamRun) closeSlice(p *sliceProgress) error {
	s.mu.Lock()
	s.progress.close(p)
	over := s.dispatched && s.progress.closed()
	s.mu.Unlock()
	if over {
		return nil // the last state follows at once
	}
	return s.checkpoint()
}

// checkpoint writes a state when there is something to say and the pace allows it.
func (s *streamRun) checkpoint() error {
	if !s.incremental || !s.pace.due(time.Now()) {
		return nil
	}
	return s.out.WriteFunc(func() *protocol.Message {
		now := time.Now()
		s.mu.Lock()
		defer s.mu.Unlock()
		// A position that has not moved is not worth a state; one that a descent took back is.
		if s.progress.position() == s.said || !s.pace.due(now) {
			return nil
		}
		s.pace.wrote(now)
		return s.stateMessage(false)
	})
}

// stateMessage is the stream's state of this moment, with the records written since the last one.
// It is called with the writer's lock and the run's held.
func (s *streamRun) stateMessage(complete bool) *protocol.Message {
	count := protocol.Count(s.counter)
	s.counter, s.said = 0, s.progress.position()
	m := &protocol.State{
		Type:        protocol.StateStream,
		Stream:      &protocol.StreamState{Descriptor: s.id, State: s.blob()},
		SourceStats: &protocol.StateStats{RecordCount: &count},
	}
	state.Mark(m, complete)
	return &protocol.Message{Type: protocol.MessageState, State: m}
}

// blob is the stream_state of this moment.
func (s *streamRun) blob() json.RawMessage {
	if !s.incremental {
		return json.RawMessage(noCursorState)
	}
	return s.saved.encode(s.progress.position())
}

// start says STARTED, once, when the first slice has its turn.
func (s *streamRun) start() {
	if s.started.CompareAndSwap(false, true) {
		s.status(protocol.StatusStarted, nil)
	}
}

// markRunning says RUNNING, once, before the first record: a slice that finds it being said waits
// until it has been.
func (s *streamRun) markRunning() {
	if s.running.Load() {
		return
	}
	s.saying.Lock()
	defer s.saying.Unlock()
	if !s.running.Load() {
		s.status(protocol.StatusRunning, nil)
		s.running.Store(true)
	}
}

// rateLimited says RUNNING with the reason that nothing comes.
func (s *streamRun) rateLimited(until time.Time) {
	s.saying.Lock()
	defer s.saying.Unlock()
	s.running.Store(false) // the next record says RUNNING again: the wait is over
	reason := protocol.StatusReason{Type: protocol.ReasonRateLimited}
	if !until.IsZero() {
		reason.RateLimited = &protocol.RateLimited{QuotaReset: until.UnixMilli()}
	}
	s.status(protocol.StatusRunning, []protocol.StatusReason{reason})
}

// complete ends a stream that has been read to its end. An empty one has been running as well: the
// platform expects all three statuses.
//
// Here and below, errors of the writer are not looked at: they are sticky and end the read
// elsewhere.
func (s *streamRun) complete() {
	s.start()
	s.markRunning()
	s.lastState(!s.enough.Load())
	s.status(protocol.StatusComplete, nil)
}

// failed ends a stream with its one ERROR trace. The state covers what has been reached.
func (s *streamRun) failed(failure *protocol.Error) {
	s.start()
	s.lastState(false)
	_ = s.out.Write(failure.Trace(time.Now()))
	s.status(protocol.StatusIncomplete, nil)
}

// refused ends a stream that could not begin. It says no state: what the platform holds stays as it
// is.
func (s *streamRun) refused(failure *protocol.Error) {
	_ = s.out.Write(failure.Trace(time.Now()))
	s.status(protocol.StatusIncomplete, nil)
}

// interrupted ends a stream that the process was told to stop. One that had no turn yet has no
// state to tell.
func (s *streamRun) interrupted() {
	if s.started.Load() {
		s.lastState(false)
	}
	s.status(protocol.StatusIncomplete, nil)
}

func (s *streamRun) lastState(complete bool) {
	_ = s.out.WriteFunc(func() *protocol.Message {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.stateMessage(complete)
	})
}

func (s *streamRun) status(status protocol.StreamStatus, reasons []protocol.StatusReason) {
	_ = s.out.Write(&protocol.Message{Type: protocol.MessageTrace, Trace: &protocol.Trace{
		Type: protocol.TraceStreamStatus, EmittedAt: time.Now().UnixMilli(),
		StreamStatus: &protocol.StreamStatusTrace{
			Descriptor: s.id, Status: status, Reasons: reasons,
		},
	}})
}

// warn logs what is wrong with the stream's records, once for each problem.
func (s *streamRun) warn(problem string) {
	if _, again := s.warned.LoadOrStore(problem, true); !again {
		s.log.Warn(fmt.Sprintf("Stream %s %s.", s.id, problem))
	}
}
