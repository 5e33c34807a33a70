package jsonraw

import "io"

// The window is as large as several values, lest each of them is looked at twice, and as small as
// that allows.
const (
	windowSize    = 64 << 10
	largestWindow = 1 << 20 // for more than one value
	windowValues  = 8
)

// window is the part of a text that is in memory.
type window struct {
	data   []byte
	before int64     // how many bytes stood before data
	in     io.Reader // what follows; nil: nothing
	err    error     // of in, once it has ended
	buf    []byte    // for data
}

// isWhole reports whether the text ends with what is in memory.
func (w *window) isWhole() bool { return w.in == nil || w.err != nil }

// fill reads on: as much again as stands at from and behind it, at least, so that a large value is
// not looked at in vain for each packet of it. Where there is no room left for that, the text in
// front of from is given up, and all else moved by as much. more says whether anything came.
func (w *window) fill(from int) (moved int, more bool) {
	kept := len(w.data) - from
	wanted := max(1, kept)
	if len(w.data)+wanted > cap(w.buf) {
		w.move(from, max(windowSize, min(windowValues*kept, largestWindow), kept+wanted))
		moved = from
	}
	start := len(w.data)
	n := start
	w.buf = w.buf[:cap(w.buf)]
	for idle := 0; n < start+wanted && w.err == nil; idle++ {
		var count int
		count, w.err = w.in.Read(w.buf[n:])
		n += count
		if count > 0 {
			idle = 0
		} else if idle == maxIdle && w.err == nil {
			w.err = io.ErrNoProgress
		}
	}
	w.data = w.buf[:n]
	return moved, n > start
}

// move brings the text from there on to the front of a buffer of the size or more.
func (w *window) move(from, size int) {
	kept := w.data[from:]
	if cap(w.buf) < size {
		w.buf = make([]byte, size)
	}
	w.data = w.buf[:copy(w.buf[:cap(w.buf)], kept)]
	w.before += int64(from)
}

// maxIdle is how often a reader may return nothing and no error.
const maxIdle = 100
