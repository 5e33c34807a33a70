package platform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// attempt is one attempt of a sync: both connectors, from start to end.
type attempt struct {
	*board

	sync   *Sync
	number int

	source, destination Running

	ordered   []*streamOf
	streams   map[protocol.Descriptor]*streamOf
	ledger    ledger
	estimates protocol.EstimateType // of the first one
	mixed     bool

	keeper   *sync.Mutex   // of the sync's memory
	blocked  atomic.Int64  // since when a write to the destination blocks, in ns; 0: it does not
	lastBeat atomic.Int64  // when the source was heard last, in ns
	hurried  atomic.Int64  // when the attempt was to stop first, in ns; 0: it was not
	stopped  atomic.Bool   // the source was asked to end
	gaveUp   atomic.Bool   // because of what the platform refuses
	served   atomic.Bool   // all input of the destination was written
	ended    chan struct{} // closed when the source was reaped
	endedAt  time.Time     // when it was; under the board's lock
	stopping sync.Once
	patience sync.WaitGroup // of what waits for the end of the source
}

// newAttempt opens the next attempt.
func (s *Sync) newAttempt(number int) *attempt {
	a := &attempt{
		board: &s.board, sync: s, number: number, ledger: newLedger(), keeper: &s.keeper,
		streams: map[protocol.Descriptor]*streamOf{}, ended: make(chan struct{}),
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range s.Catalog.Streams {
		c := &s.Catalog.Streams[i]
		one := &streamOf{StreamReport: a.reports[c.Stream.Descriptor()]}
		one.names, one.mode = c.Stream.Descriptor(), c.SyncMode
		one.isResumable = c.Stream.IsResumable
		if c.SyncMode == protocol.SyncIncremental && dedups(c) {
			one.keys = c.PrimaryKey
		}
		one.attempt = attemptCounts{}
		one.Status, one.Complete = "", false
		one.RowEstimate, one.ByteEstimate = 0, 0
		one.RateLimited, one.RateLimitedUntil = false, time.Time{}
		a.ordered = append(a.ordered, one)
		a.streams[one.names] = one
	}
	a.report.Attempts = append(a.report.Attempts,
		AttemptReport{Number: number, Begun: time.Now(), Failures: []Failure{}})
	return a
}

// run makes the attempt and reports whether it succeeded.
func (a *attempt) run(ctx context.Context, source, destination Call) bool {
	defer a.close()
	if err := a.start(ctx, source, destination); err != nil {
		return false
	}
	a.lastBeat.Store(time.Now().UnixNano())
	end := destinationEnd{done: make(chan struct{})}
	var others sync.WaitGroup
	defer a.patience.Wait() // after the others, who may still stop the source
	defer others.Wait()
	others.Go(func() { a.hear(&end) })
	others.Go(func() { a.watch(end.done) })
	others.Go(func() { a.heed(ctx, end.done) })

	in := newIntake(a, a.destination.Input())
	good := in.run() && ctx.Err() == nil
	if good {
		good = in.finish()
	}
	// What was read counts even after a failure. A lost destination says so itself.
	a.served.Store(in.to.Flush() == nil)
	_ = a.destination.Input().Close()
	others.Go(func() { a.outwait(ctx, good, end.done) })
	<-end.done
	return a.judge(ctx, good, &end)
}

// heed asks the source to end when the sync is cancelled.
func (a *attempt) heed(ctx context.Context, end <-chan struct{}) {
	select {
	case <-ctx.Done():
		a.stopSource()
	case <-end:
	}
}

// start starts the destination first, so that it is there for the first record.
func (a *attempt) start(ctx context.Context, source, destination Call) (err error) {
	started := context.WithoutCancel(ctx) // a cancelled sync still ends in order
	if a.destination, err = a.sync.Destination.Start(started, destination); err != nil {
		a.failure(Destination, protocol.SystemError, err)
		return err
	}
	if a.source, err = a.sync.Source.Start(started, source); err != nil {
		a.failure(Source, protocol.SystemError, err)
		_ = a.destination.Input().Close()
		a.destination.Kill()
		a.destination.Wait()
		return err
	}
	return nil
}

// run reads the source to its end and reports whether it succeeded.
func (in *intake) run() bool {
	err := in.read(in.source.Output())
	if err != nil {
		if !errors.Is(err, errHungUp) {
			in.failure(Source, protocol.SystemError, err)
			in.gaveUp.Store(true)
		}
		in.stopSource()
		drain(in.source.Output())
	}
	code, late := in.exitOf(in.source, codeGrace, false)
	close(in.ended)
	in.mu.Lock()
	in.current().SourceExit, in.endedAt = &code, time.Now()
	in.mu.Unlock()
	if late && !in.stopped.Load() {
		in.failure(Source, protocol.SystemError, fmt.Errorf("the source closed its standard "+
			"output and did not end within %v", codeGrace))
	}
	return err == nil && code == exitSuccess && !in.gaveUp.Load()
}

// drain reads what a stopped source still has to say, so that it can end.
func drain(r interface{ Read([]byte) (int, error) }) {
	scrap := make([]byte, forwardSize)
	for {
		if _, err := r.Read(scrap); err != nil {
			return
		}
	}
}

// finish tells the destination what the platform tells it of a source that has succeeded: an empty
// state of streams that have none, where nothing else could come, and COMPLETE of every stream
// where the destination supports refreshes (A.9). It reports whether the destination took it.
func (in *intake) finish() bool {
	for _, s := range in.ordered {
		if !in.owesState(s) {
			continue
		}
		m := &protocol.Message{Type: protocol.MessageState, State: &protocol.State{
			Type:   protocol.StateStream,
			Stream: &protocol.StreamState{Descriptor: s.names, State: []byte("{}")},
		}}
		if in.admit(m.State) != nil || in.pass(m) != nil {
			return false
		}
		in.found(Source, "Stream %s has no state; the platform adds an empty one.", s.names)
	}
	if !in.sync.SupportsRefreshes {
		return in.to.Flush() == nil
	}
	for _, s := range in.ordered {
		if in.pass(complete(s.names)) != nil {
			return false
		}
	}
	return true
}

// owesState tells whether the platform adds a state: of a full refresh that cannot be resumed and
// has sent none, unless there was a GLOBAL one (A.9).
func (in *intake) owesState(s *streamOf) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return !s.stated && in.ledger.kind != protocol.StateGlobal &&
		s.mode == protocol.SyncFullRefresh && !s.isResumable
}

func complete(d protocol.Descriptor) *protocol.Message {
	return &protocol.Message{Type: protocol.MessageTrace, Trace: &protocol.Trace{
		Type: protocol.TraceStreamStatus, EmittedAt: time.Now().UnixMilli(),
		StreamStatus: &protocol.StreamStatusTrace{
			Descriptor: d, Status: protocol.StatusComplete,
		},
	}}
}

// destinationEnd is how the destination ended.
type destinationEnd struct {
	code  int
	at    time.Time
	early bool // before its input did
	done  chan struct{}
}

// hear reads the destination to its end. When it ends before its input does, the source is stopped.
func (a *attempt) hear(end *destinationEnd) {
	defer close(end.done)
	a.echo(a.destination.Output())
	code, late := a.exitOf(a.destination, a.sync.grace(), true)
	if late && code == lostCode {
		a.killed()
	}
	end.code, end.at, end.early = code, time.Now(), !a.served.Load()
	a.mu.Lock()
	a.current().DestinationExit = &code
	a.mu.Unlock()
	a.stopSource()
}

// judge says whether the attempt succeeded: both connectors ended well (A.9), and nothing was given
// up. What the streams lack is noted either way.
func (a *attempt) judge(ctx context.Context, good bool, end *destinationEnd) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.current()
	if *now.SourceExit != exitSuccess && !a.stopped.Load() {
		a.unexplained(Source, *now.SourceExit, a.endedAt, false)
	}
	told := end.code == exitTermed && !good // the platform closes it then (A.9)
	if end.early || end.code != exitSuccess && !told {
		a.unexplained(Destination, end.code, end.at, end.early)
	}
	success := good && end.code == exitSuccess && ctx.Err() == nil && !a.gaveUp.Load()
	if !success {
		return false
	}
	for _, s := range a.ordered {
		a.closeStream(s)
	}
	if n := a.ledger.owed(); n > 0 {
		a.note(Destination, "It ended well and wrote not all states back.")
	}
	return true
}

// closeStream judges a stream of an attempt that succeeded. It must be called under the lock.
func (a *attempt) closeStream(s *streamOf) {
	last, stated := a.ledger.newest[s.StreamReport]
	switch {
	case s.Status != protocol.StatusComplete:
		a.note(Source, "The source ended well and did not say that stream %s is COMPLETE.", s.names)
	case !stated:
		a.note(Source, "The source wrote no state of stream %s.", s.names)
	default:
		s.Complete = a.ledger.acked[s.StreamReport] == last
	}
}

// unexplained adds a failure where a connector failed and did not say why. It is one of the moment
// of the end, before those that it has led to. It must be called under the lock.
func (a *attempt) unexplained(origin Origin, code int, at time.Time, early bool) {
	if a.accused(origin) {
		return
	}
	text := fmt.Sprintf("the %s ended with exit code %d and did not say why", origin, code)
	switch {
	case early && code == exitSuccess:
		text = fmt.Sprintf("the %s ended before its input did, as if all were well", origin)
	case code == entryMissing:
		text = fmt.Sprintf("the shell found no program to start as the %s; its last words are in "+
			"the log", origin)
	case code == killedCode:
		text += "; SIGKILL ended it, as when there is not enough memory"
	case early:
		text += "; its input had not ended"
	}
	a.addFailure(Failure{Origin: origin, Type: protocol.SystemError, Message: text, At: at})
}

// accused tells whether a failure is put down to a connector. It must be called under the lock.
func (a *attempt) accused(origin Origin) bool {
	return slices.ContainsFunc(a.current().Failures,
		func(f Failure) bool { return f.Origin == origin })
}

// close writes down the end of the attempt.
func (a *attempt) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.current()
	now.Seconds = time.Since(now.Begun).Seconds()
	for _, s := range a.ordered {
		s.close()
	}
}
