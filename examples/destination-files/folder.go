package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/airbyte-go/cdk/destinations"
)

// generationFile holds the generation that a folder belongs to, where there are such.
const generationFile = ".generation"

// folder is where the files of one stream are. A stream that is to be replaced is loaded beside
// it, below .work, and takes its place when it is finished.
type folder struct {
	final string // what readers look at
	work  string // what they do not
	load  string // gets the files: final, or a folder in work
	last  int    // number of the last file in it
}

// openFolder completes a replacement that was cut off, decides where the files go, and removes what
// an earlier attempt has left that does not belong to this one.
func openFolder(root string, s destinations.Stream) (*folder, error) {
	name := folderName(s)
	f := &folder{final: filepath.Join(root, name), work: filepath.Join(root, ".work", name)}
	if err := f.replace(); err != nil {
		return nil, err
	}
	f.load = f.final
	generation, err := f.generation()
	if err != nil {
		return nil, err
	}
	isDone := s.Generation > 0 && generation == s.Generation
	if s.Replace && !isDone {
		f.load = f.beside(s.Generation)
	}
	if s.Replace && s.Generation == 0 { // no two attempts are the same one
		if err := os.RemoveAll(f.load); err != nil {
			return nil, err
		}
	}
	for _, path := range []string{f.work, f.load} {
		if err := makeFolder(path); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(f.count(), f.inherit(s), f.removeOthers()); err != nil {
		return nil, err
	}
	if s.Generation == 0 {
		return f, nil
	}
	// A generation that got lost would have a finished replacement replaced once more.
	path := filepath.Join(f.load, generationFile)
	return f, writeFile(f.hidden(), path, func(file io.Writer) error {
		_, err := fmt.Fprint(file, s.Generation)
		return err
	})
}

// folderName is one element of a path, and none of ours, which begin with a dot. The comma is a
// character that PathEscape escapes, so no two streams share a folder.
func folderName(s destinations.Stream) string {
	name := url.PathEscape(s.Name)
	if s.Namespace != "" {
		name = url.PathEscape(s.Namespace) + "," + name
	}
	if rest, dotted := strings.CutPrefix(name, "."); dotted {
		return "%2E" + rest
	}
	return cmp.Or(name, "%")
}

// beside is where a generation is loaded that will replace another.
func (f *folder) beside(generation int64) string {
	return filepath.Join(f.work, "new-"+strconv.FormatInt(generation, 10))
}

// count finds the last number used.
func (f *folder) count() error {
	entries, err := os.ReadDir(f.load)
	for _, e := range entries {
		number, _, _ := strings.Cut(e.Name(), ".")
		if n, err := strconv.Atoi(number); err == nil {
			f.last = max(f.last, n)
		}
	}
	return err
}

// hidden is the path of a file that is being written.
func (f *folder) hidden() string { return filepath.Join(f.work, "unfinished") }

// nextFile is the path of the next file.
func (f *folder) nextFile(ending string) string {
	f.last++
	return filepath.Join(f.load, fmt.Sprintf("%08d%s", f.last, ending))
}

// generation is what the final folder belongs to; zero where nothing says so.
func (f *folder) generation() (int64, error) {
	text, err := os.ReadFile(filepath.Join(f.final, generationFile))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	n, _ := strconv.ParseInt(string(text), 10, 64)
	return n, err
}
