// Package spool keeps a list of entries that grows while others read it, in bounded memory: what
// does not fit lies in a temporary file.
package spool

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sync"
)

// chunk is how much a reader takes at once.
const chunk = 64 << 10

// A Spool is a list of entries. They are appended by any number of goroutines and walked by any
// number of others, each from the first entry on, until the spool is finished. Nobody waits for a
// reader, so a slow one blocks nothing; it costs disk space.
type Spool struct {
	limit int // bytes kept in memory

	mu       sync.Mutex
	tail     []byte   // the newest bytes, which are not in the file
	file     *os.File // nil while everything fits into memory
	base     int64    // bytes in the file: where tail begins
	finished bool
	err      error         // why it was finished; nil: it is whole
	grown    chan struct{} // closed and made anew when there is more to read
	awaited  bool          // whether a reader has seen grown
}

// New returns an empty spool that keeps up to limit bytes in memory.
func New(limit int) *Spool { return &Spool{limit: limit, grown: make(chan struct{})} }

// errRemoved is what a reader or writer gets that comes too late.
var errRemoved = errors.New("the spool is gone")

// Append adds an entry, of which nothing is kept. It fails when the temporary file does.
func (s *Spool) Append(entry []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finished {
		return errRemoved
	}
	s.tail = binary.AppendUvarint(s.tail, uint64(len(entry)))
	s.tail = append(s.tail, entry...)
	s.wake()
	if len(s.tail) > s.limit {
		return s.spill()
	}
	return nil
}

// spill moves the tail to the file.
func (s *Spool) spill() error {
	if s.file == nil {
		f, err := os.CreateTemp("", "airbyte-spool-*")
		if err != nil {
			return fmt.Errorf("no temporary file: %w", err)
		}
		_ = os.Remove(f.Name()) // where an open file can be removed, nothing stays behind a kill
		s.file = f
	}
	n, err := s.file.WriteAt(s.tail, s.base)
	if err != nil {
		return fmt.Errorf("the temporary file cannot be written: %w", err)
	}
	s.base += int64(n)
	s.tail = s.tail[:0]
	return nil
}

// wake tells the waiting readers to look again.
func (s *Spool) wake() {
	if s.awaited {
		close(s.grown)
		s.grown, s.awaited = make(chan struct{}), false
	}
}

// Finish says that no entry follows. Readers get err, which may be nil, after the last entry. Only
// the first call counts.
func (s *Spool) Finish(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finished {
		return
	}
	s.finished, s.err = true, err
	s.wake()
}

// Remove finishes the spool and gives its memory and its file back.
func (s *Spool) Remove() {
	s.Finish(errRemoved)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.tail = errRemoved, nil
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name()) // where an open file could not be removed
		s.file = nil
	}
}

// Entries walks the entries from the first on and waits for those to come. An entry is valid until
// the next. The loop ends after the last entry of a finished spool, or with an error: that of
// Finish, that of the file, or the cause of ctx.
func (s *Spool) Entries(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		r := reader{spool: s}
		for {
			entry, err := r.next(ctx)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(entry, err) || err != nil {
				return
			}
		}
	}
}

// reader is one walk. It holds a copy of a part of the spool.
type reader struct {
	spool *Spool
	at    int64 // where held ends
	held  []byte
	rest  []byte // of held, not yet returned
}

func (r *reader) next(ctx context.Context) ([]byte, error) {
	for {
		length, n := binary.Uvarint(r.rest)
		if n > 0 && uint64(len(r.rest)-n) >= length {
			entry := r.rest[n:][:length:length]
			r.rest = r.rest[n+int(length):]
			return entry, nil
		}
		if err := r.fetch(ctx); err != nil {
			return nil, err
		}
	}
}

// fetch takes more of the spool, and waits where there is none yet. io.EOF is the end.
func (r *reader) fetch(ctx context.Context) error {
	for {
		grown, n, err := r.copy()
		if n > 0 || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-grown:
		}
	}
}

// copy appends to held what there is, up to a chunk. With nothing to copy it returns a channel that
// is closed when there may be more.
func (r *reader) copy() (grown chan struct{}, n int, err error) {
	s := r.spool
	s.mu.Lock()
	defer s.mu.Unlock()
	r.held = append(r.held[:0], r.rest...)
	kept := len(r.held)
	switch behind := r.at - s.base; {
	case errors.Is(s.err, errRemoved):
		return nil, 0, errRemoved
	case behind < 0:
		size := int(min(chunk, -behind))
		r.held = append(r.held, make([]byte, size)...)
		if n, err = s.file.ReadAt(r.held[kept:], r.at); n < size {
			return nil, 0, fmt.Errorf("the temporary file cannot be read: %w", err)
		}
	case int(behind) < len(s.tail):
		r.held = append(r.held, s.tail[behind:min(int(behind)+chunk, len(s.tail))]...)
		n = len(r.held) - kept
	case s.finished && s.err != nil:
		return nil, 0, s.err
	case s.finished:
		return nil, 0, io.EOF
	default:
		s.awaited = true
	}
	r.rest = r.held
	r.at += int64(n)
	return s.grown, n, nil
}
