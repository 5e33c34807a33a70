package conformance

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// tap stands between the platform and a destination: it looks at the states that come back, and
// cuts the input off.
type tap struct {
	platform.Connector

	cuts  int // see plot
	acked func(st *protocol.State)
	back  chan struct{} // gets something when a state has come back
	runs  int
}

// Start implements [platform.Connector].
func (t *tap) Start(ctx context.Context, c platform.Call) (platform.Running, error) {
	inner, err := t.Connector.Start(ctx, c)
	if err != nil {
		return nil, err
	}
	t.runs++
	r := &tapped{Running: inner, tap: t}
	r.input = &tappedInput{WriteCloser: inner.Input(), hold: &r.hold}
	if t.runs == 1 {
		r.input.cuts = t.cuts
	}
	reader, writer := io.Pipe()
	r.output = reader
	go r.follow(writer)
	return r, nil
}

// tapped is a destination at work.
type tapped struct {
	platform.Running

	tap    *tap
	input  *tappedInput
	output io.Reader
	hold   sync.Mutex // held while a state is looked at: nothing comes in meanwhile
}

func (r *tapped) Input() io.WriteCloser { return r.input }
func (r *tapped) Output() io.Reader     { return r.output }

// follow hands the output on, line by line.
func (r *tapped) follow(to *io.PipeWriter) {
	lines := protocol.NewReader(r.Running.Output(), protocol.ReaderOptions{})
	for line, err := range lines.Lines() {
		if err != nil && !errors.Is(err, protocol.ErrLineTooLong) {
			_ = to.CloseWithError(err)
			return
		}
		if m, err := protocol.Parse(line); err == nil && m.State != nil {
			r.look(m.State)
		}
		if _, err := to.Write(append(bytes.Clone(line), '\n')); err != nil {
			return
		}
	}
	_ = to.Close()
}

func (r *tapped) look(st *protocol.State) {
	if r.tap.acked != nil {
		r.hold.Lock()
		r.tap.acked(st)
		r.hold.Unlock()
	}
	select {
	case r.tap.back <- struct{}{}:
	default:
	}
}

// wait waits until a state has come back. A destination may keep it until the end of its input, so
// the wait is short, and there is only one in vain.
func (s *script) wait() {
	const moment = 2 * time.Second
	if s.patient {
		return
	}
	select {
	case <-s.back:
	case <-time.After(moment):
		s.patient = true
	}
}

// errCut is what the platform gets to see of an input that was cut off.
var errCut = errors.New("the input was cut off")

// tappedInput is the destination's input, which may end in the midst of a record.
type tappedInput struct {
	io.WriteCloser

	hold *sync.Mutex
	cuts int // the record within which it ends; 0: none
	done bool
	seen int
}

var recordStart = []byte(`{"type":"RECORD"`)

// Write implements [io.Writer].
func (i *tappedInput) Write(p []byte) (int, error) {
	i.hold.Lock()
	i.hold.Unlock() //nolint:staticcheck // it only waits for whoever looks
	if i.done {
		return 0, errCut
	}
	if i.cuts == 0 {
		return i.WriteCloser.Write(p)
	}
	for at := 0; ; {
		next := bytes.Index(p[at:], recordStart)
		if next < 0 {
			return i.WriteCloser.Write(p)
		}
		at += next
		if i.seen++; i.seen == i.cuts {
			i.done = true
			n, _ := i.WriteCloser.Write(p[:at+len(recordStart)])
			_ = i.WriteCloser.Close()
			return n, errCut
		}
		at += len(recordStart)
	}
}

// Close implements [io.Closer].
func (i *tappedInput) Close() error {
	if i.done {
		return nil
	}
	return i.WriteCloser.Close()
}
