package sources

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

// streamRun reads one stream of the catalog in one sync: it says with statuses and states how far
// its pass has come, and ends in exactly one statement.
type streamRun struct {
	*pass
	pace *pace  // of its states; in a source with a shared state that of all streams
	from string // the state it starts from, as startOf spells it

	begun  atomic.Bool // whether STARTED has been written
	spoken atomic.Bool // whether RUNNING has been written
	saying sync.Mutex  // held while RUNNING is being written; taken before the writer's lock
	ended  atomic.Bool // whether the last statement has been made

	// Guarded by the lock of the pass.
	counter  int64    // records written since the last state
	written  int64    // records written in all
	said     stateSum // of the last state
	complete bool
	closed   bool // whether the stream's last state has been written
}

// run reads the stream to its end. It returns nil when the stream is complete.
func (s *streamRun) run(ctx context.Context) error {
	began := time.Now()
	err := s.read(ctx)
	defer s.ended.Store(true)
	if ctx.Err() != nil {
		s.finishFeeds(context.Cause(ctx))
		s.interrupted()
		return context.Cause(ctx)
	}
	said := []any{"records", s.written, "after", time.Since(began).Round(time.Millisecond)}
	if err != nil {
		s.finishFeeds(err)
		s.failed(streamError(s.id, err))
		s.log.Error(fmt.Sprintf("Stream %s failed.", s.id), said...)
		return err
	}
	s.finish(time.Since(began))
	s.log.Info(fmt.Sprintf("Stream %s is complete.", s.id), said...)
	return nil
}

// wrote implements [voice].
func (s *streamRun) wrote(n, size int64) {
	s.counter += n
	s.written += n
	s.pace.count(size)
	s.beat()
}

// hurry implements [voice].
func (s *streamRun) hurry() { s.pace.hurry() }

// checkpoint writes a state when there is something to say and the pace allows it.
func (s *streamRun) checkpoint() error {
	if !s.mode.tracked() && s.global == nil || !s.pace.due(time.Now()) {
		return nil
	}
	return s.out.WriteFunc(func() *protocol.Message {
		if !s.pace.due(time.Now()) {
			return nil
		}
		if s.global != nil {
			return s.global.news()
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.positions.moved {
			return nil
		}
		// What moved may be spelled as before; then it is not worth a state.
		if blob := s.blob(); sha256.Sum256(blob) != s.said {
			return s.stateMessage(blob, false)
		}
		return nil
	})
}

// stateSum stands for a state that was written: one of many partitions is too large to be kept only
// to be compared with the next.
type stateSum = [sha256.Size]byte

// blob is the stream_state of this moment. It is called with the lock of the pass held.
func (s *streamRun) blob() json.RawMessage {
	s.positions.moved = false
	return s.positions.blob()
}

// stateMessage is a state of the stream, with the records written since the last one. It is called
// with the writer's lock and that of the pass held.
func (s *streamRun) stateMessage(blob json.RawMessage, complete bool) *protocol.Message {
	count := protocol.Count(s.counter)
	s.counter, s.said = 0, sha256.Sum256(blob)
	m := &protocol.State{
		Type:        protocol.StateStream,
		Stream:      &protocol.StreamState{Descriptor: s.id, State: blob},
		SourceStats: &protocol.StateStats{RecordCount: &count},
	}
	state.Mark(m, complete)
	s.pace.wrote(time.Now(), len(blob))
	s.beat()
	return &protocol.Message{Type: protocol.MessageState, State: m}
}

// started says STARTED, once, when the first slice has its turn.
func (s *streamRun) started() {
	if s.begun.CompareAndSwap(false, true) {
		s.status(protocol.StatusStarted, nil)
	}
}

// running says RUNNING, once, before the first record: a slice that finds it being said waits until
// it has been.
func (s *streamRun) running() {
	if s.spoken.Load() {
		return
	}
	s.saying.Lock()
	defer s.saying.Unlock()
	if !s.spoken.Load() {
		s.status(protocol.StatusRunning, nil)
		s.spoken.Store(true)
	}
}

// rateLimited says RUNNING with the reason that nothing comes.
func (s *streamRun) rateLimited(until time.Time) {
	if s.ended.Load() {
		return
	}
	s.started()
	s.saying.Lock()
	defer s.saying.Unlock()
	s.spoken.Store(false) // the next record says RUNNING again: the wait is over
	reason := protocol.StatusReason{Type: protocol.ReasonRateLimited}
	if !until.IsZero() {
		reason.RateLimited = &protocol.RateLimited{QuotaReset: until.UnixMilli()}
	}
	s.status(protocol.StatusRunning, []protocol.StatusReason{reason})
}

// finish ends a stream that has been read to its end. An empty one has been running as well: the
// platform expects all three statuses.
//
// Here and below, errors of the writer are not looked at: they are sticky and end the read
// elsewhere.
func (s *streamRun) finish(took time.Duration) {
	s.started()
	s.running()
	if !s.enough.Load() {
		s.mu.Lock()
		s.complete = true
		s.positions.complete(took)
		s.mu.Unlock()
	}
	s.finishFeeds(nil)
	s.lastState()
	s.status(protocol.StatusComplete, nil)
}

// failed ends a stream with its one ERROR trace. The state covers what has been reached.
func (s *streamRun) failed(failure *protocol.Error) {
	s.started()
	s.lastState()
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
	if s.begun.Load() {
		s.lastState()
	}
	s.status(protocol.StatusIncomplete, nil)
}

// lastState writes the state behind which nothing of the stream follows.
func (s *streamRun) lastState() {
	_ = s.out.WriteFunc(func() *protocol.Message {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		return s.stateNow()
	})
}

// repeatState writes the state of this moment although nothing may have moved: a sign of life.
func (s *streamRun) repeatState() {
	_ = s.out.WriteFunc(func() *protocol.Message {
		s.mu.Lock()
		closed := s.closed
		s.mu.Unlock()
		if closed { // meanwhile
			return nil
		}
		return s.stateNow()
	})
}

// stateNow is the state of this moment. It is called with the writer's lock held.
func (s *streamRun) stateNow() *protocol.Message {
	if s.global != nil {
		return s.global.message()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stateMessage(s.blob(), s.complete)
}

func (s *streamRun) status(status protocol.StreamStatus, reasons []protocol.StatusReason) {
	_ = s.out.Write(&protocol.Message{Type: protocol.MessageTrace, Trace: &protocol.Trace{
		Type: protocol.TraceStreamStatus, EmittedAt: time.Now().UnixMilli(),
		StreamStatus: &protocol.StreamStatusTrace{
			Descriptor: s.id, Status: status, Reasons: reasons,
		},
	}})
}
