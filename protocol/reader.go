package protocol

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

const (
	defaultMaxLine = 256 << 20
	readerSize     = 256 << 10 // of the buffer; longer lines are collected elsewhere
	longLineKept   = 1 << 20   // memory of a longer line is given back
	lineErrorText  = 200
)

// ErrLineTooLong is wrapped by the [LineError] of a line longer than [ReaderOptions] allow.
var ErrLineTooLong = errors.New("the line is too long")

// Parse reads one message from a line of JSON, with or without the line's end. The message holds
// no part of line. Properties this package does not know are dropped, except those of a state.
//
// A message whose type is not known is no error. A known type without its payload is one.
func Parse(line []byte) (*Message, error) {
	m := new(Message)
	if err := unmarshal(line, m); err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// LineError says that one line of the input is not a message.
type LineError struct {
	Line int64  // its number, counted from 1
	Text string // its first bytes, at most 200
	Err  error  // what is wrong with it
}

// Error names the line, the reason and how the line starts.
func (e *LineError) Error() string {
	return fmt.Sprintf("line %d is not a protocol message: %v; it starts with %q",
		e.Line, e.Err, e.Text)
}

// Unwrap returns the reason.
func (e *LineError) Unwrap() error { return e.Err }

// ReaderOptions configure a [Reader]. The zero value is ready to use.
type ReaderOptions struct {
	MaxLine int // longest line in bytes, its end not counted; defaults to 256 MiB
}

// A Reader reads messages from lines. It is not safe for concurrent use.
type Reader struct {
	r    *bufio.Reader
	max  int
	line int64
	long []byte // collects a line that does not fit into the buffer of r
}

// NewReader returns a reader of the lines of r. It reads ahead.
func NewReader(r io.Reader, o ReaderOptions) *Reader {
	if o.MaxLine <= 0 {
		o.MaxLine = defaultMaxLine
	}
	return &Reader{r: bufio.NewReaderSize(r, readerSize), max: o.MaxLine}
}

// Messages returns the messages up to the end of the input. A line that is not a message yields
// (nil, *[LineError]), and reading goes on with the next line; so does a line that is too long.
// Blank lines are skipped. An error of the input is yielded last. Each message is a fresh one and
// may be kept. A loop that is left early can be taken up by another call.
func (r *Reader) Messages() iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		for line, err := range r.Lines() {
			if err != nil && !errors.Is(err, ErrLineTooLong) {
				yield(nil, fmt.Errorf("reading messages after line %d: %w", r.line, err))
				return
			}
			if !yield(r.parse(line, err)) {
				return
			}
		}
	}
}

// Lines returns the lines themselves, without white space around them and without the blank ones,
// for who reads them without decoding all of them. A line is valid until the next one. One that is
// too long yields its start and [ErrLineTooLong], and reading goes on with the next line. An error
// of the input is yielded last. Lines and Messages may take turns.
func (r *Reader) Lines() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for {
			line, err := r.next()
			if errors.Is(err, io.EOF) {
				return
			}
			isLast := err != nil && !errors.Is(err, ErrLineTooLong)
			if !yield(line, err) || isLast {
				return
			}
		}
	}
}

// Line is the number of the line that was read last, counted from 1; blank ones count.
func (r *Reader) Line() int64 { return r.line }

func (r *Reader) parse(line []byte, err error) (*Message, error) {
	var m *Message
	if err == nil {
		m, err = Parse(line)
	}
	if err != nil {
		text := strings.ToValidUTF8(string(line[:min(len(line), lineErrorText)]), "")
		return nil, &LineError{Line: r.line, Text: text, Err: err}
	}
	return m, nil
}

// next returns the next line that is not blank, valid until the next call. With ErrLineTooLong it
// is only the line's start.
func (r *Reader) next() ([]byte, error) {
	for {
		line, err := r.readLine()
		if err != nil && !errors.Is(err, ErrLineTooLong) {
			return nil, err
		}
		r.line++
		if line = bytes.Trim(line, " \t\r\n"); len(line) > 0 {
			return line, err
		}
	}
}

// readLine returns the next line. The last one may lack its end, unless an error cut it off.
func (r *Reader) readLine() ([]byte, error) {
	line, err := r.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = r.collect(line)
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		return nil, err
	}
	if len(bytes.TrimRight(line, "\r\n")) > r.max {
		return line, ErrLineTooLong
	}
	return line, nil
}

// collect reads the rest of a line that starts with start. Of a line that is too long it returns
// no more than shows that it is, and skips the rest.
func (r *Reader) collect(start []byte) ([]byte, error) {
	if cap(r.long) > longLineKept {
		r.long = nil
	}
	r.long = append(r.long[:0], start...)
	for {
		chunk, err := r.r.ReadSlice('\n')
		if len(r.long) <= r.max {
			r.long = append(r.long, chunk...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return r.long, err
		}
	}
}
