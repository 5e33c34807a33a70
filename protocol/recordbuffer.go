package protocol

import (
	"bytes"
	"strconv"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// bufferSize is what a pipe takes at once; larger writes were measured to be slower.
const bufferSize = 64 << 10

const recordEnd = "}}\n"

// spare is memory of closed buffers: a stream of many partitions opens and closes one for each.
var spare = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// BufferHooks lets the owner of a [RecordBuffer] follow its records. Both may be nil; they must be
// fast and must not call the writer or the buffer.
type BufferHooks struct {
	// Appended is called under the buffer's lock, right after a record's line joined the buffer.
	Appended func()

	// Flushed is called under the writer's lock, right after all lines in the buffer were handed
	// to the output. Progress of these records counts from here on: a message that
	// [Writer.WriteFunc] builds later stands behind them.
	Flushed func()
}

// A RecordBuffer collects the lines of records of one stream, up to 64 KiB and no longer than
// [WriterOptions] say, so that a source of many records writes seldom and an idle one keeps
// nothing back. [Writer.Records] makes one.
//
// It may be used from several goroutines, and costs least where each has its own.
type RecordBuffer struct {
	w     *Writer
	hooks BufferHooks

	mu     sync.Mutex // taken before the writer's
	prefix []byte     // {"type":"RECORD",... up to the record,
	head   int        // of which this much stands before the time of the oldest line in buf
	buf    []byte     // whole lines, except within a large record
	timer  *time.Timer
	closed bool
}

func newRecordBuffer(w *Writer, d Descriptor, h BufferHooks) *RecordBuffer {
	b := &RecordBuffer{w: w, hooks: h, prefix: recordHead(d)}
	b.head = len(b.prefix)
	b.timer = time.AfterFunc(w.opts.FlushEvery, b.flushInTime)
	b.timer.Stop()
	return b
}

// recordHead is a prefix up to the time, with room for the rest.
func recordHead(d Descriptor) []byte {
	const apartFromNames = 120
	head := make([]byte, 0, apartFromNames+len(d.Name)+len(d.Namespace))
	head = append(head, `{"type":"RECORD","record":{"stream":`...)
	head = jsonraw.AppendString(head, d.Name)
	if d.Namespace != "" {
		head = jsonraw.AppendString(append(head, `,"namespace":`...), d.Namespace)
	}
	return append(head, `,"emitted_at":`...)
}

// Append adds a record; data is its JSON object, which must be valid and is not checked. A line
// break in it, which can only be white space, becomes a space; all else passes as it is. Nothing
// of data is kept. It does not allocate.
func (b *RecordBuffer) Append(data []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.err(); err != nil {
		return err
	}
	if len(b.buf) > 0 && len(b.buf)+len(b.prefix)+len(data)+len(recordEnd) > bufferSize {
		if err := b.flush(); err != nil {
			return err
		}
	}
	if len(b.buf) == 0 {
		b.begin()
	}
	if len(b.buf)+len(b.prefix)+len(data)+len(recordEnd) > bufferSize {
		return b.appendLarge(data)
	}
	b.buf = append(b.buf, b.prefix...)
	b.appendData(data)
	b.buf = append(b.buf, recordEnd...)
	b.appended()
	return nil
}

// Flush writes the records in the buffer.
func (b *RecordBuffer) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.flush()
}

// flushInTime is called by the timer. The error it may meet is the answer to the next call.
func (b *RecordBuffer) flushInTime() { _ = b.Flush() }

// Close flushes, and takes the buffer from its writer; a later Append fails. It may be called
// again.
func (b *RecordBuffer) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	err := b.flush()
	b.closed = true
	if b.buf != nil {
		spare.Put((*[bufferSize]byte)(b.buf[:bufferSize]))
		b.buf = nil
	}
	b.timer.Stop()
	b.w.unregister(b)
	return err
}

func (b *RecordBuffer) err() error {
	if err := b.w.err(); err != nil {
		return err
	}
	if b.closed {
		return errBufferClosed
	}
	return nil
}

// begin prepares the empty buffer for its first line: from now on the time runs.
func (b *RecordBuffer) begin() {
	if b.buf == nil {
		b.buf = spare.Get().(*[bufferSize]byte)[:0]
	}
	b.prefix = strconv.AppendInt(b.prefix[:b.head], time.Now().UnixMilli(), 10)
	b.prefix = append(b.prefix, `,"data":`...)
	b.timer.Reset(b.w.opts.FlushEvery)
}

func (b *RecordBuffer) appendData(data []byte) {
	start := len(b.buf)
	b.buf = append(b.buf, data...)
	replace(b.buf[start:], '\n')
}

func (b *RecordBuffer) appended() {
	if b.hooks.Appended != nil {
		b.hooks.Appended()
	}
}

func (b *RecordBuffer) flush() error {
	if len(b.buf) == 0 {
		return b.w.err()
	}
	b.w.mu.Lock()
	defer b.w.mu.Unlock()
	return b.flushLocked()
}

// flushLocked writes what is in the buffer. The caller holds both locks.
func (b *RecordBuffer) flushLocked() error {
	err := b.write()
	if err == nil && b.hooks.Flushed != nil {
		b.hooks.Flushed()
	}
	return err
}

// write writes what is in the buffer. A carriage return, unlike a line feed, is never one of ours,
// so all lines are searched for them at once.
func (b *RecordBuffer) write() error {
	replace(b.buf, '\r')
	err := b.w.write(b.buf)
	b.buf = b.buf[:0]
	return err
}

// appendLarge writes a record larger than the empty buffer piece by piece, while nobody else can
// write, so that no copy of it is made.
func (b *RecordBuffer) appendLarge(data []byte) error {
	b.w.mu.Lock()
	defer b.w.mu.Unlock()
	b.buf = append(b.buf, b.prefix...)
	for len(data) > 0 {
		n := min(len(data), bufferSize-len(b.buf)-len(recordEnd))
		b.appendData(data[:n])
		if data = data[n:]; len(data) == 0 {
			break
		}
		if err := b.write(); err != nil {
			return err
		}
	}
	b.buf = append(b.buf, recordEnd...)
	b.appended()
	return b.flushLocked()
}

// replaceLineBreaks makes one line of JSON text: in valid JSON a raw line break is white space.
func replaceLineBreaks(text []byte) {
	replace(text, '\n')
	replace(text, '\r')
}

// replace makes a space of each c.
func replace(text []byte, c byte) {
	for i := bytes.IndexByte(text, c); i >= 0; {
		text[i] = ' '
		next := bytes.IndexByte(text[i+1:], c)
		if next < 0 {
			break
		}
		i += 1 + next
	}
}
