package connection

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/airbyte-go/cdk/internal/platform"
)

// Output is a file that the caller writes when the sync has ended.
type Output struct {
	Flag string // by which it was asked for
	Path string // empty: it was not
}

// CheckOutputs finds what could not be written after the sync before it begins, and what would be
// written over a file that something else is in: a state or a config that is gone is missed only
// when it is too late.
func (c *Connection) CheckOutputs(outputs []Output) error {
	taken := c.files()
	for _, o := range outputs {
		if o.Path == "" {
			continue
		}
		if err := folderError(o.Flag, o.Path); err != nil {
			return err
		}
		taken = append(taken, usedFile{o.Flag, o.Path, true})
	}
	for i, one := range taken {
		for _, other := range taken[:i] {
			if (one.written || other.written) && sameFile(one.path, other.path) {
				return fmt.Errorf("%s and %s are the same file, %s, and one would be written over "+
					"the other; name another file", other.what, one.what, one.path)
			}
		}
	}
	return nil
}

// usedFile is a file that a sync reads or writes.
type usedFile struct {
	what, path string
	written    bool
}

// files are those of the connection itself.
func (c *Connection) files() (files []usedFile) {
	state := platform.FileStore(c.StatePath())
	for _, f := range []usedFile{
		{"--source-config", c.options.SourceConfig, false},
		{"--destination-config", c.options.DestinationConfig, false},
		{"--catalog", c.options.Catalog, false},
		{"the SQLite file", c.destination.builtInFile(), true},
		{"the state file", string(state), true},
		{"the file of the generation ids", state.Beside(), true},
		{"the log", c.LogPath(), true},
	} {
		if f.path != "" {
			files = append(files, f)
		}
	}
	return files
}

// sameFile tells whether two paths lead to the same file, which need not be there yet.
func sameFile(one, other string) bool {
	a, err := os.Stat(one)
	if err == nil {
		b, err := os.Stat(other)
		return err == nil && os.SameFile(a, b)
	}
	full, err := filepath.Abs(one)
	second, failed := filepath.Abs(other)
	return errors.Join(err, failed) == nil && full == second
}

// folderError tells whether a file could be written at a path: a sentence if not.
func folderError(flag, path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s %s is a folder; name a file", flag, path)
	}
	probe, err := os.CreateTemp(filepath.Dir(path), ".cdk-*")
	if err != nil {
		return fmt.Errorf("no file can be written in %s, where %s %s is to be: %w; make the "+
			"folder, or name another file", filepath.Dir(path), flag, path, cause(err))
	}
	_ = probe.Close()
	return os.Remove(probe.Name())
}
