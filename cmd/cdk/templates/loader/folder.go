package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// folder is the system that is written to. Here it is a folder with files of JSON lines, so that
// the destination runs at once: put the client, driver or protocol of your system in its place.
type folder string

// try writes a file and removes it.
func (f folder) try() error {
	if err := makeFolder(string(f)); err != nil {
		return fmt.Errorf("the folder cannot be made: %w", err)
	}
	file, err := os.CreateTemp(string(f), ".check-*")
	if err != nil {
		return fmt.Errorf("the folder cannot be written to: %w", err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// streamFolder holds the files of one stream, numbered in the order of its batches.
type streamFolder struct {
	path string
	last int // the number of the last file
}

// of makes the folder of a stream and finds the files that are there.
func (f folder) of(d protocol.Descriptor) (*streamFolder, error) {
	s := &streamFolder{path: filepath.Join(string(f), folderName(d))}
	if err := makeFolder(s.path); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(s.path)
	for _, e := range entries {
		var number int
		if _, err := fmt.Sscanf(e.Name(), "%d.jsonl", &number); err == nil {
			s.last = max(s.last, number)
		}
	}
	return s, err
}

// folderName is one element of a path. The comma is a character that PathEscape escapes, so no two
// streams share a folder.
func folderName(d protocol.Descriptor) string {
	name := url.PathEscape(d.Name)
	if d.Namespace != "" {
		name = url.PathEscape(d.Namespace) + "," + name
	}
	if rest, dotted := strings.CutPrefix(name, "."); dotted {
		return "%2E" + rest
	}
	return cmp.Or(name, "%")
}

// write makes one file of a batch. It gets its name once all of it is on the disk, so a reader sees
// whole files only, whenever the process ends.
func (s *streamFolder) write(records iter.Seq[destinations.Record]) error {
	hidden := filepath.Join(s.path, ".unfinished")
	file, err := os.Create(hidden)
	if err != nil {
		return err
	}
	err = writeLines(file, records)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	s.last++
	err = os.Rename(hidden, filepath.Join(s.path, fmt.Sprintf("%08d.jsonl", s.last)))
	if err != nil {
		return err
	}
	return syncFolder(s.path)
}

func writeLines(to io.Writer, records iter.Seq[destinations.Record]) error {
	lines := bufio.NewWriterSize(to, 64<<10) // it keeps the first error until Flush
	for r := range records {
		_, _ = lines.Write(r.Data) // the bytes as they came: no number changes on the way
		_ = lines.WriteByte('\n')
	}
	return lines.Flush()
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
