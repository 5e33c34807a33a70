package sources

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"unicode/utf8"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// sliceRun is one slice being read: it looks at each record's cursor value, decides whether the
// record is wanted and appends it to a buffer of its own, and to the feeds of the stream's
// children. What it has seen becomes progress when the buffer's lines leave the process.
type sliceRun struct {
	*pass
	place    *place
	progress *sliceProgress
	buffer   *protocol.RecordBuffer // nil in a pass for children alone
	look     look
	finder   jsonraw.Finder // of the cursor's value
	glance   glance
	inherit  inheritance
	resumes  bool // whether tokens are kept

	direction int   // of the declared order, until it is broken
	next      mark  // the value of the record being appended
	size      int   // of the record being appended
	seen      reach // of the records appended, and
	waiting   int64 // how many of them wait in the buffer, with so many bytes; all three under
	bytes     int64 // the buffer's lock
}

// These end a slice without a failure.
var (
	errLimit  = errors.New("the engine has as many records as --limit allows")
	errPassed = errors.New("the records of this slice, newest first, have passed its start")
)

// look says why the cursor value of a record is wanted; all false leaves the record unread.
type look struct{ position, filter, descending bool }

func newSliceRun(p *pass, at *place, s *sliceProgress) *sliceRun {
	c := p.positions.cursor
	order, filters := c.reads()
	r := &sliceRun{
		pass: p, place: at, progress: s,
		inherit:   newInheritance(p.stream.desc.Inherit, at.partition),
		resumes:   p.mode.tracked() && p.stream.desc.keepsTokens(),
		direction: order.direction(),
	}
	if at.progress.hasValues() {
		r.finder, r.glance = p.field.Finder(), newGlance(c)
		r.look = look{
			position:   p.mode.tracked(),
			filter:     filters,
			descending: order == Descending && s.span.bounded,
		}
	}
	if !p.hidden {
		hooks := protocol.BufferHooks{Appended: r.appended, Flushed: r.flushed}
		r.buffer = p.out.Records(p.id, hooks)
	}
	return r
}

// read runs the author's code; done says whether the slice came to its end. A panic fails the
// stream, not the process.
func (r *sliceRun) read(ctx context.Context, token []byte) (done bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			done, err = false, panicError(r.id, v)
		}
	}()
	out := &Output{stream: r.id, sink: r}
	sl := r.progress.span.slice(r.positions.cursor)
	sl.Partition, sl.Resume, sl.Shared = r.place.partition, slices.Clone(token), r.sharedState
	err = r.stream.ReadSlice(ctx, sl, out)
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
		r.halt(errLimit) // the other slices may wait for something
		return errLimit
	}
	r.voice.running()
	record = r.inherit.into(record)
	r.sample.look(record)
	for _, f := range r.feeds {
		if err := f.append(record, r.place.partition); err != nil {
			return err
		}
	}
	if err := r.append(record); err != nil {
		return err
	}
	if r.seen.broken && r.direction != 0 {
		r.warn(map[int]string{
			1:  "is declared Ascending, but its cursor values went down",
			-1: "is declared Descending, but its cursor values went up",
		}[r.direction] + "; its state now moves only when a slice ends")
		r.direction = 0
		r.voice.hurry() // the last state may name too much
		return r.checkpoint(nil)
	}
	return nil
}

// append adds a record to the buffer, or counts it where nothing leaves the process.
func (r *sliceRun) append(record []byte) error {
	r.size = len(record)
	if r.buffer != nil {
		return r.buffer.Append(record)
	}
	r.appended()
	r.activity.happened()
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
	rest, ok := r.finder.Find(record)
	err := errNoValue
	if ok {
		k, err = r.glance.read(rest)
	}
	switch {
	case err == nil:
		return k, true
	case errors.Is(err, errNoValue):
		r.warn("has records without the cursor field; they are emitted, but do not move its state")
	default:
		r.warn("has records whose cursor field is " + err.Error() +
			"; they are emitted, but do not move its state")
	}
	return k, false
}

// checkpoint takes the author's word that a read which is resumed at token repeats nothing of what
// was emitted so far. A nil token says no more than that the moment is good.
func (r *sliceRun) checkpoint(token []byte) error {
	r.activity.happened()
	if token != nil && r.resumes {
		if !utf8.Valid(token) {
			return protocol.Errorf(protocol.SystemError, "Stream %s has a checkpoint whose token "+
				"is not text; encode it, for example in base64.", r.id)
		}
		if err := r.resumeAt(r, slices.Clone(token)); err != nil {
			return err
		}
	}
	if r.buffer == nil {
		r.flushed()
	}
	return r.pass.checkpoint()
}

// flush brings all records of the slice out of the process and into its progress.
func (r *sliceRun) flush() error {
	if r.buffer == nil {
		r.flushed()
		return nil
	}
	return r.buffer.Flush()
}

// close flushes; nothing that is emitted later counts.
func (r *sliceRun) close() error {
	if r.buffer == nil {
		r.flushed()
		return nil
	}
	return r.buffer.Close()
}

// abandon closes the buffer of a slice that another goroutine is still reading.
func (r *sliceRun) abandon() {
	if r.buffer != nil {
		_ = r.buffer.Close() // the writer's errors are sticky and end the read elsewhere
	}
}

// restart forgets what was seen of the slice and where it could go on.
func (r *sliceRun) restart() error {
	if err := r.resumeAt(r, nil); err != nil {
		return err
	}
	r.seen, r.next = reach{}, mark{} // nothing waits in the buffer
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress.reach = reach{}
	return nil
}

// describe says which slice it is, for a message.
func (r *sliceRun) describe() string {
	sl := r.progress.span.slice(r.positions.cursor)
	text := ""
	if !r.place.partition.IsZero() {
		text = fmt.Sprintf(" in the partition %s", r.place.partition)
	}
	if !sl.From.IsZero() || !sl.To.IsZero() {
		text += fmt.Sprintf(" in the slice from %q to %q", sl.From, sl.To)
	}
	return text
}

// appended notes a record whose line has joined the buffer, under the buffer's lock.
func (r *sliceRun) appended() {
	r.waiting++
	r.bytes += int64(r.size)
	if r.next.set {
		r.seen.see(r.next.key, r.direction)
	}
}

// flushed makes progress of the lines that have left the process, under the buffer's lock and the
// writer's.
func (r *sliceRun) flushed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting > 0 {
		r.activity.happened()
	}
	r.voice.wrote(r.waiting, r.bytes)
	r.waiting, r.bytes = 0, 0
	r.positions.advance(r.place, r.progress, r.seen)
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
