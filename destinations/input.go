package destinations

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/envelope"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

const (
	strayLogged = 10 // lines that are no messages
	// stateOverhead is about what the decoded form of a state takes besides its text.
	stateOverhead = 1 << 10
)

// errNoEmittedAt is why a record without a time is rejected.
var errNoEmittedAt = errors.New("its emitted_at is missing or not a number")

// errStopped ends the reading of the input after the write has ended otherwise.
var errStopped = errors.New("the write has ended")

// input reads standard input and hands on what it finds. It is used by one goroutine.
type input struct {
	*engine

	lines *protocol.Reader
	end   tail
	last  *streamRun // of the last record: most come in runs
	env   envelope.Message
	stray int64 // lines that are no messages, so far
	// Whether a line was cut off is known only once there is another one, or none. So what is wrong
	// with the last one waits.
	half   bool  // it begins like a message and does not end like one
	broken error // and would be one that must not get lost
}

// tail remembers the last byte of an input.
type tail struct {
	io.Reader
	last byte
}

func (t *tail) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	if n > 0 {
		t.last = p[n-1]
	}
	return n, err
}

func newInput(e *engine, r io.Reader) *input {
	in := &input{engine: e, end: tail{Reader: r, last: '\n'}}
	in.lines = protocol.NewReader(&in.end, protocol.ReaderOptions{MaxLine: e.maxLine})
	return in
}

// read reads to the end of the input, or to what makes it useless.
func (in *input) read() error {
	for line, err := range in.lines.Lines() {
		if in.broken != nil {
			return in.broken
		}
		in.half = false
		switch {
		case errors.Is(err, protocol.ErrLineTooLong):
			return protocol.Errorf(protocol.SystemError, "Line %d of standard input is longer "+
				"than %d bytes. Leave large fields out of the sync.", in.lines.Line(), in.maxLine)
		case err != nil:
			return protocol.Errorf(protocol.TransientError,
				"Standard input cannot be read any more: %w.", err)
		}
		if err := in.handle(line); err != nil {
			return err
		}
	}
	if in.half && in.end.last != '\n' {
		return protocol.Errorf(protocol.TransientError, "Standard input ends in the midst of line "+
			"%d: the source or the platform was cut off. A later sync goes on from there.",
			in.lines.Line())
	}
	return in.broken
}

// handle does what a line asks for.
func (in *input) handle(line []byte) error {
	if err := in.env.Open(line); err != nil {
		in.unreadable(line, err)
		return nil
	}
	switch in.env.Kind {
	case "":
		in.passOver(line)
		return nil
	case protocol.MessageRecord:
		return in.record()
	case protocol.MessageState:
		return in.state(line)
	case protocol.MessageTrace:
		return in.trace(line)
	default: // a source's own, of which none is for a destination
		return nil
	}
}

// unreadable judges a line that is no JSON object. Whatever may have been a record or a state must
// not get lost in silence.
func (in *input) unreadable(line []byte, err error) {
	in.half = line[0] == '{'
	for _, kind := range []string{`"RECORD"`, `"STATE"`} {
		if in.half && bytes.Contains(line, []byte(kind)) {
			in.broken = protocol.Errorf(protocol.SystemError, "Line %d of standard input is a "+
				"message that cannot be read, which is a defect of the source: %w.",
				in.lines.Line(), err)
			return
		}
	}
	in.passOver(line)
}

// passOver counts a line that is no message. Its text is not shown, as it may hold anything.
func (in *input) passOver(line []byte) {
	in.stray++
	if in.stray <= strayLogged {
		in.log.Warn(fmt.Sprintf("Line %d of standard input (%d bytes) is no message of the "+
			"protocol and is passed over.", in.lines.Line(), len(line)))
	}
}

// record puts a record into its stream's batch.
func (in *input) record() error {
	env := &in.env
	if !env.IsRecord {
		return in.defect("is a RECORD without its record")
	}
	s, err := in.find()
	if err != nil {
		return err
	}
	reason := env.Judge()
	at, ok := env.Milliseconds()
	if reason == nil && !ok {
		reason = errNoEmittedAt
	}
	if reason != nil {
		return in.refuse(s, reason)
	}
	return in.add(s, at, env.Data, env.Changes())
}

func (in *input) defect(what string) error {
	return protocol.Errorf(protocol.SystemError, "Line %d of standard input %s, which is a defect "+
		"of the source.", in.lines.Line(), what)
}

// find returns the stream of the record in the envelope.
func (in *input) find() (*streamRun, error) {
	name, namespace, ok := in.env.Names()
	if !ok {
		return nil, in.defect("is a record that names no stream")
	}
	if s := in.last; s != nil && string(name) == s.Name && string(namespace) == s.Namespace {
		return s, nil
	}
	s := in.by[protocol.Descriptor{Name: string(name), Namespace: string(namespace)}]
	if s == nil {
		d := protocol.Descriptor{Name: string(name), Namespace: string(namespace)}
		return nil, protocol.Errorf(protocol.SystemError, "Line %d of standard input is a record "+
			"of stream %s, which the catalog does not have. It has: %s.",
			in.lines.Line(), d, in.streamNames())
	}
	in.last = s
	return s, nil
}

// streamNames lists the streams for a sentence.
func (e *engine) streamNames() string {
	const shown = 20
	var names []string
	for _, s := range e.streams[:min(shown, len(e.streams))] {
		names = append(names, s.String())
	}
	if more := len(e.streams) - shown; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// refuse counts a record that no loader could take.
func (in *input) refuse(s *streamRun, reason error) error {
	in.mu.Lock()
	if in.stopped {
		in.mu.Unlock()
		return errStopped
	}
	in.seq++
	s.since++
	s.sinceRejected++
	worth := s.reject()
	in.mu.Unlock()
	if worth {
		in.logRejected(s.Descriptor, reason)
	}
	return nil
}

// add puts a record into the open batch, and waits until there is room for it.
func (in *input) add(s *streamRun, at int64, data, meta []byte) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	need, ok := in.makeRoom(func() int64 { return s.lacks(len(data)+len(meta), in.chunk) })
	if !ok {
		return errStopped
	}
	in.used += need
	in.seq++
	s.since++
	isNew := s.open == nil
	if isNew {
		s.open = &Batch{Stream: s.Stream}
		s.open.refs = in.refs()
	}
	s.open.add(&in.memory, in.seq, at, data, meta)
	switch {
	case len(s.open.refs) >= in.batchRecords || s.open.size >= in.batchBytes:
		in.enclose(s)
		in.dispatch()
	case isNew:
		in.closeBy(s, time.Now().Add(in.batchAge))
	}
	return nil
}

// state takes in a state.
func (in *input) state(line []byte) error {
	message, err := protocol.Parse(line)
	if err != nil {
		return protocol.Errorf(protocol.SystemError, "Line %d of standard input is a state that "+
			"cannot be read, which is a defect of the source: %w.", in.lines.Line(), err)
	}
	a := &ack{message: message, size: int64(len(line)) + stateOverhead}
	if err := in.admit(a); err != nil {
		return err
	}
	in.emit()
	return nil
}

func (in *input) admit(a *ack) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if _, ok := in.makeRoom(func() int64 { return a.size }); !ok {
		return errStopped
	}
	in.used += a.size
	a.seq = in.seq
	marked, complete := state.Marked(a.message.State)
	for _, s := range in.scope(a) {
		s.stated, s.marked, s.complete = true, marked, complete
		records, rejected := s.takeCounts()
		a.records += records
		a.rejected += rejected
		if s.open != nil {
			in.closeBy(s, time.Now().Add(in.stateInterval))
		}
	}
	in.accept(a)
	in.dispatch()
	return nil
}

// scope sets and returns the streams that a state speaks of: one, or all for a GLOBAL state and
// everything else. A state of a stream that the catalog does not have covers no record.
func (in *input) scope(a *ack) []*streamRun {
	st := a.message.State
	if st.Type != protocol.StateStream || st.Stream == nil {
		return in.streams
	}
	s := in.by[st.Stream.Descriptor]
	if s == nil {
		a.stream = new(streamRun)
		return nil
	}
	a.stream = s
	return []*streamRun{s}
}

// trace keeps the last status of a stream.
func (in *input) trace(line []byte) error {
	message, err := protocol.Parse(line)
	if err != nil || message.Trace.StreamStatus == nil {
		return nil //nolint:nilerr // nothing that a destination needs
	}
	status := message.Trace.StreamStatus
	s := in.by[status.Descriptor]
	if s == nil {
		in.log.Warn(fmt.Sprintf("Stream %s is %s, but the catalog does not have it.",
			status.Descriptor, status.Status))
		return nil
	}
	in.mu.Lock()
	s.status = status.Status
	in.mu.Unlock()
	return nil
}
