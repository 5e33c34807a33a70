package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
)

// recordFile holds the records of a stream as JSON Lines. It only grows.
type recordFile struct {
	file  *os.File
	buf   *bufio.Writer
	lines int64 // in the file and the buffer
	dirty bool  // whether there is something that is not yet durable
}

// openRecordFile opens the file at path, or makes one. Half a line at its end, which a killed
// process leaves, is cut off: no stored state covers it, so the record comes again.
func openRecordFile(path string) (*recordFile, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	lines, end, err := countLines(file)
	if err == nil {
		err = file.Truncate(end)
	}
	if err == nil {
		_, err = file.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &recordFile{file: file, buf: bufio.NewWriterSize(file, 64<<10), lines: lines}, nil
}

// countLines returns the number of whole lines, and where the last of them ends.
func countLines(r io.Reader) (lines, end int64, err error) {
	chunk := make([]byte, 64<<10)
	for read := int64(0); ; {
		n, err := r.Read(chunk)
		lines += int64(bytes.Count(chunk[:n], []byte{'\n'}))
		if last := bytes.LastIndexByte(chunk[:n], '\n'); last >= 0 {
			end = read + int64(last) + 1
		}
		read += int64(n)
		if err == io.EOF {
			return lines, end, nil
		}
		if err != nil {
			return 0, 0, err
		}
	}
}

// append adds a record. It is durable only after sync.
func (f *recordFile) append(record []byte) error {
	f.dirty = true
	f.lines++
	if _, err := f.buf.Write(record); err != nil {
		return err
	}
	return f.buf.WriteByte('\n')
}

// sync returns when all records are on the disk.
func (f *recordFile) sync() error {
	if !f.dirty {
		return nil
	}
	if err := f.buf.Flush(); err != nil {
		return err
	}
	if err := f.file.Sync(); err != nil {
		return err
	}
	f.dirty = false
	return nil
}

func (f *recordFile) close() error { return errors.Join(f.sync(), f.file.Close()) }
