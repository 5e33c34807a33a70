package sources

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// pass reads a stream once: it hands out the slices of its partitions, merges their progress, and
// ends when all have been read or one has failed. A stream of the catalog is read by the pass of
// its streamRun; a stream that is read only for its children, by that of a parentRun.
type pass struct {
	*engine
	stream     knownStream
	id         protocol.Descriptor
	voice      voice
	partitions partitionSource
	feeds      []*feed // that get the records for children
	mode       readMode
	field      jsonraw.Path // to the cursor's value
	limit      int64        // records to emit at most; 0 means all
	lane       *lane
	hidden     bool // no record leaves the process

	emitted  atomic.Int64 // records handed over by the author's code, where there is a limit
	enough   atomic.Bool  // the limit is reached
	failure  atomic.Pointer[protocol.Error]
	warned   sync.Map // warnings that have been logged
	activity activity
	sample   *schemaSample // nil unless differences from the schema are to be told

	flight flight

	mu        sync.Mutex // taken under the writer's lock, never the other way round
	positions *positions
	runs      map[*sliceRun]struct{} // the slices that are being read
	all       bool                   // no further slice follows
	halted    error
	cancel    context.CancelCauseFunc // nil before the first slice
}

// voice is how a pass tells the platform what happens.
type voice interface {
	// started is called before each slice, running before each record.
	started()
	running()
	// wrote is called when the lines of n records have left the process, size bytes of data in all,
	// under the writer's lock and the pass's.
	wrote(n, size int64)
	// rateLimited is called when the API makes the stream wait; a zero time means that it did not
	// say until when.
	rateLimited(until time.Time)
	// checkpoint is called at moments that are good for a state.
	checkpoint() error
	// hurry makes the next of these moments count, whenever the last state was.
	hurry()
}

// readSlices reads all slices and returns the first failure.
func (p *pass) readSlices(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p.haltBy(cancel)
	p.sample = newSchemaSample(ctx, p.log, p.stream.desc)
	p.flight.start(func() {
		defer p.lane.leave()
		if err := p.dispatch(ctx); err != nil {
			p.fail(err)
		}
	})
	if !p.flight.landed(ctx) {
		p.fail(context.Cause(ctx))
		p.abandon()
	}
	if failure := p.failure.Load(); failure != nil {
		return failure
	}
	return nil
}

// fail makes err the failure of the pass, unless it has one, or has ended by --limit.
func (p *pass) fail(err error) {
	if !p.enough.Load() {
		p.failure.CompareAndSwap(nil, streamError(p.id, err))
	}
}

// halt ends the slices in flight, and those to come.
func (p *pass) halt(cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.halted = cause
	if p.cancel != nil {
		p.cancel(cause)
	}
}

// haltBy gives halt its means. It may have been called already.
func (p *pass) haltBy(cancel context.CancelCauseFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel = cancel
	if p.halted != nil {
		cancel(p.halted)
	}
}

// dispatch hands each slice to the pool. After the first failure no further slice starts, because
// the position could not move past the failed one; those in flight go on to their end.
func (p *pass) dispatch(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil { // in an author's Partitions
			err = panicError(p.id, v)
		}
	}()
	hooked := hook.With(ctx, &hook.Hooks{
		RateLimited: p.rateLimited, Progress: p.activity.happened,
	})
	for next, err := range p.partitions.each(ctx) {
		switch {
		case err != nil:
			return err
		case next.mark != nil:
			p.noteMark(next)
			continue
		}
		if err := p.readPartition(hooked, next.partition); err != nil || p.over() {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = true
	return nil
}

// over reports whether no further slice shall start.
func (p *pass) over() bool { return p.failure.Load() != nil || p.enough.Load() }

// readPartition hands out the slices of one partition.
func (p *pass) readPartition(ctx context.Context, partition Partition) error {
	at, err := p.begin(partition)
	if at == nil {
		return err
	}
	p.lane.enter()
	if !isAtHand(p.stream.desc.Partitions) {
		defer p.lane.leave() // the next partition may take its time
	}
	var held *sliceProgress // until it is known whether it is the last
	for next := range p.pending(at) {
		if held != nil {
			if started, err := p.start(ctx, at, held, false); !started {
				return err
			}
		}
		held = next
	}
	if held != nil {
		if started, err := p.start(ctx, at, held, true); !started {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.positions.allGiven(at)
	return nil
}

// start waits for a slot and begins to read a slice in it, unless no further slice shall start.
func (p *pass) start(
	ctx context.Context, at *place, s *sliceProgress, last bool,
) (started bool, err error) {
	if err := p.lane.acquire(ctx); err != nil {
		return false, err
	}
	if p.over() {
		p.lane.release()
		return false, nil
	}
	p.voice.started()
	r := p.open(at, s, last)
	p.flight.start(func() {
		defer p.land(r)
		if err := p.readSlice(ctx, r); err != nil {
			p.fail(err)
		}
	})
	return true, nil
}

func (p *pass) begin(partition Partition) (*place, error) {
	p.activity.happened()
	p.mu.Lock()
	at, note, err := p.positions.begin(partition)
	p.mu.Unlock()
	if err != nil {
		return nil, badState(p.id, err)
	}
	if note != "" { // not under the lock: a log line goes through the writer
		p.warn(note)
	}
	return at, nil
}

func (p *pass) pending(at *place) iter.Seq[*sliceProgress] {
	p.mu.Lock()
	defer p.mu.Unlock()
	return at.progress.pending(time.Now())
}

// open registers a slice that is about to be read.
func (p *pass) open(at *place, s *sliceProgress, last bool) *sliceRun {
	r := newSliceRun(p, at, s)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = last && p.stream.desc.Partitions == nil
	p.runs[r] = struct{}{}
	at.open++
	at.progress.add(s)
	return r
}

// readSlice reads one slice and closes it where it came to its end. A token that is refused makes
// it begin anew.
func (p *pass) readSlice(ctx context.Context, r *sliceRun) error {
	token := p.token(r)
	done, err := r.read(ctx, token)
	if token != nil && errors.Is(err, ErrStaleToken) {
		p.warn("has a token of an earlier read that the API no longer accepts; what it stands " +
			"for is read from the beginning again")
		if err := r.restart(); err != nil {
			return err
		}
		done, err = r.read(ctx, nil)
	}
	if closed := r.close(); err == nil {
		err = closed
	}
	if err != nil || !done {
		return err
	}
	return p.closeSlice(r)
}

// token is where a slice goes on, nil at its beginning.
func (p *pass) token(r *sliceRun) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.positions.token(r.place, r.progress)
}

// resumeAt notes where a slice can go on, once all its lines have left the process.
func (p *pass) resumeAt(r *sliceRun, token []byte) error {
	if err := r.flush(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.positions.resumeAt(r.place, r.progress, token)
	return nil
}

// closeSlice merges a slice that has been read to its end and whose lines have left the process.
func (p *pass) closeSlice(r *sliceRun) error {
	p.mu.Lock()
	p.positions.close(r.place, r.progress)
	over := p.all && len(p.runs) == 1
	p.mu.Unlock()
	if over {
		return nil // the last state follows at once
	}
	return p.checkpoint()
}

// land gives the slot of a slice back. Only the first call for a slice counts.
func (p *pass) land(r *sliceRun) {
	p.activity.happened()
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.runs[r]; ok {
		delete(p.runs, r)
		p.lane.release()
	}
}

// abandon leaves slices behind whose code does not return: nothing that they emit counts any more.
func (p *pass) abandon() {
	p.mu.Lock()
	left := slices.Collect(maps.Keys(p.runs))
	p.mu.Unlock()
	for _, r := range left {
		r.abandon()
		p.land(r)
	}
}

// checkpoint is a moment for a state, of the stream itself and of the children it is read for.
func (p *pass) checkpoint() error {
	if err := p.voice.checkpoint(); err != nil {
		return err
	}
	for _, f := range p.feeds {
		if err := f.mark(p, false); err != nil {
			return err
		}
	}
	return nil
}

// rateLimited says that the API makes a slice wait.
func (p *pass) rateLimited(until time.Time) {
	p.activity.waits(until)
	p.voice.rateLimited(until)
}

// noteMark notes how far the parent has been read.
func (p *pass) noteMark(m partitionOrMark) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.positions.mark(m.parent, m.mark)
}

// finishFeeds says to the children how the pass ended.
func (p *pass) finishFeeds(err error) {
	for _, f := range p.feeds {
		if err != nil {
			f.finish(err)
			continue
		}
		f.finish(f.mark(p, true))
	}
}

// warn logs what is wrong with the stream, once for each problem.
func (p *pass) warn(problem string) {
	if _, again := p.warned.LoadOrStore(problem, true); !again {
		p.log.Warn(fmt.Sprintf("Stream %s %s.", p.id, problem))
	}
}
