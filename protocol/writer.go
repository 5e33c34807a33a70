package protocol

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	defaultFlushEvery = time.Second
	lineKept          = 1 << 20 // memory of a longer line is given back
)

var (
	errWriterClosed = errors.New("protocol: the writer is closed")
	errBufferClosed = errors.New("protocol: the record buffer is closed")
)

// WriterOptions configure a [Writer]. The zero value is ready to use.
type WriterOptions struct {
	// Mask rewrites the texts of LOG, TRACE and CONNECTION_STATUS messages before they leave, to
	// hide secrets. Nil changes nothing. It must not call the writer.
	Mask func(string) string

	// FlushEvery is how long a record may wait in a buffer; defaults to 1 s.
	FlushEvery time.Duration

	// OnError is called once, on a goroutine of its own, with the first error of the output.
	OnError func(error)
}

// A Writer owns the output of a connector: all lines go through it, whole and in order. Records
// are collected in a [RecordBuffer] of each worker, everything else is written at once.
//
// The promise to a destination is that a line passed to [Writer.Write] stands after every record
// that was appended before the call, from any goroutine. So a state never overtakes a record.
//
// An error of the output is final: every later call returns it, for half a line may have left.
// All methods may be called from several goroutines.
type Writer struct {
	opts WriterOptions

	// A buffer's lock is always taken before mu, and nothing is locked under registry.
	mu   sync.Mutex // guards out and line
	out  io.Writer
	line []byte // memory of the line being built

	registry sync.Mutex // guards buffers and closed
	buffers  []*RecordBuffer
	closed   bool

	failure atomic.Pointer[error] // why nothing can be written any more
}

// NewWriter returns a writer of lines to w, which it uses alone from now on.
func NewWriter(w io.Writer, o WriterOptions) *Writer {
	if o.FlushEvery <= 0 {
		o.FlushEvery = defaultFlushEvery
	}
	return &Writer{out: w, opts: o}
}

// Write writes one message, after all records appended so far. A message that cannot be encoded
// is an error and leaves the writer intact.
func (w *Writer) Write(m *Message) error {
	return w.WriteFunc(func() *Message { return m })
}

// WriteFunc is like [Writer.Write] for a message that tells how much was written: build is called
// after the records appended so far were written and while nobody else can write. It sees exactly
// the lines that have left, and the message stands right after them. Build may return nil to
// write nothing; it must be fast and must not call the writer.
func (w *Writer) WriteFunc(build func() *Message) error {
	if err := w.Flush(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.err(); err != nil {
		return err
	}
	m := build()
	if m == nil {
		return nil
	}
	return w.writeLine(m)
}

// Flush writes all records appended so far.
func (w *Writer) Flush() error {
	for _, b := range w.registered() {
		if err := b.Flush(); err != nil {
			return err
		}
	}
	return w.err()
}

// Close flushes and stops the timers; later writes fail. It does not close the output. It returns
// the error that broke the output, if one did, and may be called again.
func (w *Writer) Close() error {
	w.registry.Lock()
	w.closed = true
	w.registry.Unlock()
	for _, b := range w.registered() {
		_ = b.Close() // its error is the output's, which is returned below
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.err(); err != nil && !errors.Is(err, errWriterClosed) {
		return err
	}
	w.failure.Store(&errWriterClosed)
	return nil
}

// Records returns a new buffer for records of the stream d. A goroutine that reads alone should
// have one of its own; see [RecordBuffer].
func (w *Writer) Records(d Descriptor, h BufferHooks) *RecordBuffer {
	b := newRecordBuffer(w, d, h)
	w.registry.Lock()
	defer w.registry.Unlock()
	b.closed = w.closed
	if !w.closed {
		w.buffers = append(w.buffers, b)
	}
	return b
}

func (w *Writer) registered() []*RecordBuffer {
	w.registry.Lock()
	defer w.registry.Unlock()
	return slices.Clone(w.buffers)
}

func (w *Writer) unregister(b *RecordBuffer) {
	w.registry.Lock()
	defer w.registry.Unlock()
	if i := slices.Index(w.buffers, b); i >= 0 {
		w.buffers = slices.Delete(w.buffers, i, i+1)
	}
}

// writeLine encodes m and writes it in one piece. The caller holds mu.
func (w *Writer) writeLine(m *Message) error {
	if err := m.check(); err != nil {
		return fmt.Errorf("protocol: cannot write %w", err)
	}
	if w.opts.Mask != nil {
		m = m.masked(w.opts.Mask)
	}
	line, err := appendJSON(w.line[:0], m)
	if err != nil {
		return fmt.Errorf("protocol: cannot encode a message of type %s: %w", m.Type, err)
	}
	replaceLineBreaks(line)
	line = append(line, '\n')
	if cap(line) <= lineKept {
		w.line = line
	}
	return w.write(line)
}

// write passes p on to the output. The caller holds mu.
func (w *Writer) write(p []byte) error {
	if err := w.err(); err != nil {
		return err
	}
	n, err := w.out.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return w.fail(fmt.Errorf("protocol: writing the output: %w", err))
	}
	return nil
}

// fail makes err the answer to every later call and returns it.
func (w *Writer) fail(err error) error {
	w.failure.Store(&err)
	if w.opts.OnError != nil {
		go w.opts.OnError(err) // the caller holds locks that OnError may want
	}
	return err
}

// err returns why nothing can be written any more, or nil.
func (w *Writer) err() error {
	if err := w.failure.Load(); err != nil {
		return *err
	}
	return nil
}
