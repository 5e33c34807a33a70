package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/airbyte-go/cdk/destinations"
)

// finish makes what was loaded final. From the first rename on there is no way back: whoever opens
// the folder after a crash goes on.
func (f *folder) finish() error {
	if f.load == f.final {
		return nil
	}
	if err := rename(f.load, f.ready()); err != nil {
		return err
	}
	f.load = f.final
	return f.replace()
}

// ready is a folder about to become final, old one that was.
func (f *folder) ready() string { return filepath.Join(f.work, "ready") }
func (f *folder) old() string   { return filepath.Join(f.work, "old") }

// replace puts the ready folder, if there is one, in the place of the final one.
func (f *folder) replace() error {
	if !exists(f.ready()) {
		return os.RemoveAll(f.old())
	}
	if exists(f.final) {
		if err := os.RemoveAll(f.old()); err != nil {
			return err
		}
		if err := rename(f.final, f.old()); err != nil {
			return err
		}
	}
	if err := rename(f.ready(), f.final); err != nil {
		return err
	}
	return os.RemoveAll(f.old())
}

// inherit takes over files of this generation from an attempt that was to replace, when this one is
// not: they were acknowledged and will not come again.
func (f *folder) inherit(s destinations.Stream) error {
	if s.Replace || s.Generation == 0 {
		return nil
	}
	entries, err := os.ReadDir(f.beside(s.Generation))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if number, ending, _ := strings.Cut(e.Name(), "."); number != "" {
			from := filepath.Join(f.beside(s.Generation), e.Name())
			err = errors.Join(err, rename(from, f.nextFile("."+ending)))
		}
	}
	return err
}

// removeOthers removes what other attempts have left.
func (f *folder) removeOthers() error {
	entries, err := os.ReadDir(f.work)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		path := filepath.Join(f.work, e.Name())
		if path != f.load {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	return err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
