package destinations

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

const (
	// grace is how long batches in hand may go on after a signal or a failure; the platform kills
	// the process somewhat later.
	grace = 20 * time.Second
	// lastWords is how long a loader whose context has ended may take to return. Then it is left
	// behind.
	lastWords = 5 * time.Second
)

// errGrace is why the context of a loader ends after a signal or a failure.
var errGrace = errors.New("the write was stopped, and this took too long to end")

// engine is one write: records come in, are loaded in batches, and states go back.
type engine struct {
	options

	loader Loader
	out    *protocol.Writer
	log    *slog.Logger
	work   context.Context // of the loader's calls
	cancel context.CancelCauseFunc

	streams []*streamRun // in the catalog's order
	by      map[protocol.Descriptor]*streamRun

	mu      sync.Mutex // guards everything below, and the streams
	changed *sync.Cond // something has ended that others may wait for
	memory
	acks

	seq      int64        // number of the last record
	ready    []*streamRun // can be loaded
	ended    []*streamRun // are to be finished
	working  int          // calls of the loader that are under way
	read     bool         // the input has come to its end, or to
	inputErr error        // what makes it useless
	stray    int64        // lines that were no messages

	stopped   bool    // nothing new begins
	failure   error   // why
	besides   []error // failures after it
	abandoned bool    // nobody waits any more
	timers    []*time.Timer
}

func newEngine(o options, targets []target) *engine {
	if o.memory == 0 {
		o.memory = defaultMemory()
	}
	e := &engine{options: o, by: make(map[protocol.Descriptor]*streamRun, len(targets))}
	e.changed = sync.NewCond(&e.mu)
	e.memory = newMemory(o.memory, len(targets))
	e.batchBytes = min(o.batchBytes, max(o.memory/4, 1)) // so that some load while others fill
	for _, t := range targets {
		s := &streamRun{target: t}
		e.streams = append(e.streams, s)
		e.by[t.Descriptor] = s
	}
	return e
}

// run reads the input to its end, loads it and finishes the streams. It returns what ended it
// early.
func (e *engine) run(ctx context.Context, r io.Reader) error {
	stop := context.AfterFunc(ctx, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.fail(context.Cause(ctx))
	})
	defer stop()
	in := newInput(e, r)
	go e.follow(in)
	e.await(func() bool { return e.read && e.idle() })
	e.finish()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stopTimers()
	return e.failure
}

// follow reads the input. What was read before it came to an end, whichever, is loaded.
func (e *engine) follow(in *input) {
	err := in.read()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.read, e.inputErr, e.stray = true, err, in.stray
	if !e.stopped {
		for _, s := range e.streams {
			e.enclose(s)
		}
		e.dispatch()
	}
	e.changed.Broadcast()
}

// await waits until done, or until nothing is to be waited for.
func (e *engine) await(done func() bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for !done() && !(e.stopped && e.idle()) && !e.abandoned {
		e.changed.Wait()
	}
}

// idle tells whether nothing is under way or about to begin.
func (e *engine) idle() bool {
	return e.working == 0 && !e.emitting && len(e.outbox) == 0 && (e.stopped || len(e.ready) == 0)
}

// fail stops the write: what is in hand ends, nothing else begins. The first reason counts. The
// lock is held.
func (e *engine) fail(err error) {
	if e.stopped {
		e.besides = append(e.besides, err)
		return
	}
	e.stopped, e.failure = true, err
	e.timers = append(e.timers,
		time.AfterFunc(grace, func() { e.cancel(errGrace) }),
		time.AfterFunc(grace+lastWords, func() {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.abandoned = true
			e.changed.Broadcast()
		}))
	e.changed.Broadcast()
}

// makeRoom waits until what need returns may be taken, and returns it. Where everything is full of
// records that wait for more, the largest batch is loaded as it is. The lock is held, but not while
// waiting.
func (e *engine) makeRoom(need func() int64) (n int64, ok bool) {
	for n = need(); !e.stopped && !e.fits(n); n = need() {
		if s := e.largest(); s != nil {
			e.enclose(s)
			e.dispatch()
		}
		e.changed.Wait()
	}
	return n, !e.stopped
}

// largest returns the stream with the largest open batch, nil where none is open.
func (e *engine) largest() (largest *streamRun) {
	for _, s := range e.streams {
		if s.open != nil && (largest == nil || s.open.held > largest.open.held) {
			largest = s
		}
	}
	return largest
}

// closeBy sees to it that the stream's open batch is closed at a time, unless it is before.
func (e *engine) closeBy(s *streamRun, at time.Time) {
	if !s.deadline.IsZero() && !at.Before(s.deadline) {
		return
	}
	s.deadline = at
	left := time.Until(at)
	if left <= 0 {
		e.enclose(s)
		return
	}
	if s.timer == nil {
		s.timer = time.AfterFunc(left, func() { e.expire(s) })
		return
	}
	s.timer.Reset(left)
}

// expire closes the stream's batch if its time has come: it may be another one by now.
func (e *engine) expire(s *streamRun) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.open != nil && !e.stopped && !time.Now().Before(s.deadline) {
		e.enclose(s)
		e.dispatch()
	}
}

func (e *engine) stopTimers() {
	for _, t := range e.timers {
		t.Stop()
	}
	for _, s := range e.streams {
		if s.timer != nil {
			s.timer.Stop()
		}
	}
}
