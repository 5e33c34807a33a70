package connection

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/airbyte-go/cdk/internal/platform"
)

const stateSuffix = ".state.json"

// stateFile is the memory of a connection in a file that no other sync may use meanwhile, and that
// knows whose it is.
type stateFile struct {
	platform.FileStore

	source, destination string // whose it is
	lost                string // the file that the states speak of, if it is gone
	note                func(text string)
	unlock              func()
}

var _ platform.Store = (*stateFile)(nil)

// openState locks a state file.
func openState(path string, source, destination *side, note func(string)) (*stateFile, error) {
	if err := folderError("the state file", path); err != nil {
		return nil, fmt.Errorf("%w, by --state", err)
	}
	lost := destination.file // a check makes it anew, so now is the time to look
	if _, err := os.Stat(lost); !errors.Is(err, fs.ErrNotExist) {
		lost = ""
	}
	unlock, err := lock(path + ".lock")
	switch {
	case errors.Is(err, errLocked):
		return nil, fmt.Errorf("another sync uses the state file %s at this moment; wait for its "+
			"end, or give another file by --state", path)
	case err != nil:
		return nil, fmt.Errorf("the state file %s cannot be locked: %w", path, err)
	}
	return &stateFile{
		FileStore: platform.FileStore(path), source: source.id,
		destination: beside(path, destination.id), lost: lost, note: note, unlock: unlock,
	}, nil
}

// beside names the tables as seen from the state file, so that both can be moved together.
func beside(path, id string) string {
	file, ok := strings.CutPrefix(id, sqlitePrefix)
	if !ok {
		return id
	}
	if folder, err := filepath.Abs(filepath.Dir(path)); err == nil {
		if below, err := filepath.Rel(folder, file); err == nil {
			file = below
		}
	}
	return sqlitePrefix + filepath.ToSlash(file)
}

// Load implements [platform.Store]. What another connection has reached is refused, because what it
// has read already would be missing here. States of tables that somebody has deleted are forgotten.
func (s *stateFile) Load() (*platform.Memory, error) {
	m, err := s.FileStore.Load()
	if err != nil {
		return nil, err
	}
	for _, one := range []struct{ kept, ours string }{
		{m.Source, s.source}, {m.Destination, s.destination},
	} {
		if one.kept != "" && one.kept != one.ours {
			return nil, fmt.Errorf("the state file %s is that of %s -> %s, and this is %s -> %s; "+
				"give another file by --state, or delete it and %s to start over",
				string(s.FileStore), m.Source, m.Destination, s.source, s.destination, s.Beside())
		}
	}
	m.Source, m.Destination = s.source, s.destination
	if s.lost != "" && m.States.Len() > 0 {
		m.Forget()
		s.note(s.lost + " is gone, so its state is forgotten: the sync starts over")
	}
	return m, nil
}
