package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/airbyte-go/cdk/destinations"
)

// format is how files are compressed.
type format struct {
	ending   string
	compress func(io.Writer) (io.WriteCloser, error)
}

var formats = map[string]format{
	"none": {".jsonl", func(w io.Writer) (io.WriteCloser, error) { return plain{w}, nil }},
	"gzip": {
		".jsonl.gz",
		func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
	},
	"zstd": {".jsonl.zst", func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }},
}

// plain is no compression.
type plain struct{ io.Writer }

func (plain) Close() error { return nil }

// writeFile writes a file where nobody looks and moves it to its place when all of it is on the
// disk. So a reader sees whole files only, and one that is there outlives a crash of the machine.
func writeFile(hidden, path string, write func(io.Writer) error) error {
	file, err := os.Create(hidden)
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = rename(hidden, path)
	}
	return err
}

func writeRows(to io.Writer, how format, b *destinations.Batch) error {
	compressed, err := how.compress(to)
	if err != nil {
		return err
	}
	rows := bufio.NewWriterSize(compressed, 64<<10) // it keeps the first error until Flush
	for r := range b.Records() {
		_, _ = rows.Write(r.Data) // the bytes as they came: no number changes on the way
		_ = rows.WriteByte('\n')
	}
	if err := rows.Flush(); err != nil {
		return err
	}
	return compressed.Close()
}

// rename moves a file or folder and sees to it that the move is on the disk.
func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

// makeFolder makes a folder, and those above it that are missing, and has their names on the disk:
// a file outlives a crash of the machine only where its folder does.
func makeFolder(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	above := filepath.Dir(path)
	if above != path {
		if err := makeFolder(above); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(path, 0o750); err != nil { // somebody else may have been quicker
		return err
	}
	return syncFolder(above)
}

// syncFolder has the names in a folder on the disk.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	err = dir.Sync()
	if runtime.GOOS == "windows" || errors.Is(err, syscall.EINVAL) {
		err = nil // Windows has no such thing, and some file systems have not either
	}
	return errors.Join(err, dir.Close())
}
