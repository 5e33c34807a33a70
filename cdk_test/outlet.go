package cdktest

import (
	"bytes"
	"context"
	"io"
	"syscall"

	"github.com/airbyte-go/cdk/internal/entry"
)

// ending is a way in which a run is stopped.
type ending string

const (
	// closed: the reader of the output goes away. Whatever is written next is refused, which
	// is how a connector learns of it.
	closed ending = "lost its reader after"
	// killed: the process ends. A write that was under way leaves as a whole, for a pipe keeps
	// what it took; nothing else does, and nobody is left to be told.
	killed ending = "was killed after"
	// terminated: the process gets SIGTERM and some time to end.
	terminated ending = "got SIGTERM after"
)

var endings = []ending{closed, killed, terminated}

// outlet is the standard output of a run that is stopped once so many lines have left.
type outlet struct {
	lines  int
	ending ending
	cancel context.CancelCauseFunc // of the run
	onStop func()                  // called when the run is stopped; may be nil

	left    bytes.Buffer // what has left
	stopped bool
	refused bool // whether a write was
}

// Write implements [io.Writer]. A connector's writer calls it from one goroutine at a time.
func (o *outlet) Write(p []byte) (int, error) {
	switch {
	case o.stopped && o.ending == killed:
		return len(p), nil
	case o.stopped && o.ending == closed:
		o.refused = true
		return 0, io.ErrClosedPipe
	case o.stopped || !o.reaches(p):
		return o.left.Write(p)
	}
	o.stopped = true
	if o.onStop != nil {
		o.onStop()
	}
	switch o.ending {
	case killed:
		o.cancel(nil) // ends the goroutines of the run, which is no longer listened to
	case terminated:
		o.cancel(entry.Interrupted{Signal: syscall.SIGTERM})
	case closed:
		end := endOfLine(p, o.lines)
		o.refused = end < len(p)
		o.left.Write(p[:end])
		if o.refused {
			return end, io.ErrClosedPipe
		}
		return end, nil
	}
	return o.left.Write(p)
}

// reaches counts the lines that end in p and reports whether the last one to leave is among them.
func (o *outlet) reaches(p []byte) bool {
	ends := bytes.Count(p, []byte{'\n'})
	if ends >= o.lines {
		return true
	}
	o.lines -= ends
	return false
}

// endOfLine is the index after the n-th line of p.
func endOfLine(p []byte, n int) (end int) {
	for range n {
		end += bytes.IndexByte(p[end:], '\n') + 1
	}
	return end
}
