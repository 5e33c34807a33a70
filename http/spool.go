package http

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

const (
	// maxInMemory is how much of a spooled body stays in memory.
	maxInMemory = 8 << 20
	// maxSpooled is the largest body that is spooled.
	maxSpooled = 8 << 30
)

// spool keeps a body so that any part of it can be read: in memory, or in a temporary file once it
// is large.
type spool struct {
	io.ReaderAt
	size int64
	most int64
	file *os.File
}

// fill receives the body. One that lies in memory already is used as it is.
func (s *spool) fill(body io.Reader) error {
	if held, ok := body.(*bytes.Reader); ok {
		s.ReaderAt, s.size = held, held.Size()
		return nil
	}
	start, err := io.ReadAll(io.LimitReader(body, maxInMemory))
	if err != nil {
		return err
	}
	s.ReaderAt, s.size = bytes.NewReader(start), int64(len(start))
	if len(start) < maxInMemory {
		return nil
	}
	if s.file, err = os.CreateTemp("", "airbyte-zip-*"); err != nil {
		return fmt.Errorf("a large archive needs a temporary file: %w", err)
	}
	_ = os.Remove(s.file.Name()) // where an open file can be removed, nothing stays behind a kill
	s.ReaderAt = s.file
	rest := io.LimitReader(body, s.most-s.size+1)
	if s.size, err = io.Copy(s.file, io.MultiReader(bytes.NewReader(start), rest)); err != nil {
		return err
	}
	if s.size > s.most {
		return fmt.Errorf("the archive is larger than %d bytes", s.most)
	}
	return nil
}

// close removes the file.
func (s *spool) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	_ = os.Remove(s.file.Name()) // mostly it is gone
	return err
}
