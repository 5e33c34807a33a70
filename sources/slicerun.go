package sources

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// sliceRun is one slice being read: it looks at each record's cursor value, decides whether the
// record is wanted and appends it to a buffer of its own. What it has seen becomes progress when
// the buffer's lines leave the process.
type sliceRun struct {
	*streamRun
	progress *sliceProgress
	buffer   *protocol.RecordBuffer
	look     look
	field    []string

	next    mark  // the value of the record being appended
	seen    reach // of the records appended, and
	waiting int64 // how many of them wait in the buffer; both under the buffer's lock
}

// These end a slice without a failure.
var (
	errLimit  = errors.New("the engine has as many records as --limit allows")
	errPassed = errors.New("the records of this slice, newest first, have passed its start")
)

// look says why the cursor value of a record is wanted; all false leaves the record unread.
type look struct{ position, filter, ascending, descending bool }

func newSliceRun(s *streamRun, p *sliceProgress) *sliceRun {
	r := &sliceRun{streamRun: s, progress: p}
	if c := s.stream.desc.Cursor; c != nil {
		r.field = cursorPath(c)
		r.look = look{
			position:   s.incremental,
			filter:     c.filters(),
			ascending:  s.incremental && c.order() == Ascending,
			descending: c.order() == Descending && p.span.bounded,
		}
	}
	r.buffer = s.out.Records(s.id, protocol.BufferHooks{Appended: r.appended, Flushed: r.flushed})
	return r
}

// read runs the author's code; done says whether the slice came to its end. A panic fails the
// stream, not the process.
func (r *sliceRun) read(ctx context.Context) (done bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			done, err = false, panicError(r.id, v)
		}
	}()
	out := &Output{stream: r.id, emit: r.emit, checkpoint: r.checkpoint}
	ctx = hook.With(ctx, &hook.Hooks{RateLimited: r.rateLimited, Progress: r.beat})
	err = r.stream.ReadSlice(ctx, r.progress.span.slice(r.stream.desc.Cursor), out)
	if err == nil {
		err = out.err // one that the author overlooked
	}
	switch {
	case errors.Is(err, errLimit):
		return false, nil
	case errors.Is(err, errPassed):
		return true, nil
	}
	return err == nil, err
}

// emit takes a record from the author's code.
func (r *sliceRun) emit(record []byte) error {
	if err := r.stopped(); err != nil {
		return err
	}
	if r.look != (look{}) {
		if wanted, err := r.inspect(record); !wanted {
			return err
		}
	}
	if r.limit > 0 && r.emitted.Add(1) > r.limit {
		r.enough.Store(true)
		r.cancel() // the other slices may wait for something
		return errLimit
	}
	r.markRunning()
	if err := r.buffer.Append(record); err != nil {
		return err
	}
	if r.seen.descent && r.look.ascending {
		r.look.ascending = false
		r.warn("is declared Ascending, but its cursor values went down; its state now moves only " +
			"when a slice ends")
		r.pace.hurry() // the last state may name too much
		return r.checkpoint()
	}
	return nil
}

// inspect looks at the record's cursor value and decides whether the record is wanted.
func (r *sliceRun) inspect(record []byte) (wanted bool, err error) {
	k, ok := r.value(record)
	r.next = mark{key: k, set: ok}
	switch {
	case !ok:
		return true, nil
	case r.look.descending && k.compare(r.progress.span.from) < 0:
		return false, errPassed
	}
	return !r.look.filter || r.progress.span.contains(k), nil
}

// value finds the record's cursor value. ok is false where it has none; such a record is emitted,
// but does not move the state.
func (r *sliceRun) value(record []byte) (k key, ok bool) {
	raw, ok := jsonraw.Member(record, r.field)
	if !ok || jsonraw.IsNull(raw) {
		r.warn("has records without the cursor field; they are emitted, but do not move its state")
		return k, false
	}
	k, err := r.stream.desc.Cursor.parse(raw)
	if err != nil {
		r.warn("has records whose cursor field is " + err.Error() +
			"; they are emitted, but do not move its state")
	}
	return k, err == nil
}

// appended notes a record whose line has joined the buffer, under the buffer's lock.
func (r *sliceRun) appended() {
	r.waiting++
	if r.next.set {
		r.seen.see(r.next.key)
	}
}

// flushed makes progress of the lines that have left the process, under the buffer's lock and the
// writer's.
func (r *sliceRun) flushed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counter += r.waiting
	r.written += r.waiting
	r.waiting = 0
	r.streamRun.progress.advance(r.progress, r.seen)
}

// panicError is the failure of a stream whose code panicked.
func panicError(d protocol.Descriptor, v any) error {
	return &protocol.Error{
		Type: protocol.SystemError,
		Message: fmt.Sprintf("The connector crashed while it read stream %s. This is a defect "+
			"of the connector; its logs hold the details.", d),
		Internal:   fmt.Sprintf("panic: %v", v),
		StackTrace: string(debug.Stack()),
		Stream:     d,
	}
}
