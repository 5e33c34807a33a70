package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/airbyte-go/cdk/protocol"
)

// store keeps what a run leaves behind, in one folder:
//
//	shop.db      the tables, which only the destination writes
//	state.json   the newest state of each stream, as "read --state" wants it
//	shop.json    how often the shop has grown
//	config.json, destination.json, catalog.json, source.log, destination.log and the binaries
//
// A state is stored after the destination has written it back, so the records that it covers are in
// the tables. A kill at any moment costs nothing but a few records that are read twice, and those
// the destination tells from new ones.
type store struct {
	dir    string
	states []protocol.State
	shop   shopState
}

const tablesFile = "shop.db"

// shopState is the part of the shop that outlives a run.
type shopState struct {
	Growth int `json:"growth"`
}

// openStore opens the store in a folder, which is made where it is missing.
func openStore(dir string) (*store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &store{dir: dir}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("nothing can be stored: %w", err)
	}
	err = errors.Join(s.load("state.json", &s.states), s.load("shop.json", &s.shop))
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(s.path(tablesFile)); errors.Is(err, fs.ErrNotExist) {
		s.states = nil // of tables that somebody has deleted
	}
	return s, nil
}

func (s *store) path(name string) string { return filepath.Join(s.dir, name) }

// load reads a JSON file of the store, which may be missing.
func (s *store) load(name string, into any) error {
	data, err := os.ReadFile(s.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		return fmt.Errorf("%s cannot be used: %w; delete %s to start over",
			s.path(name), err, s.dir)
	}
	return nil
}

// save writes a JSON file of the store and returns its path.
func (s *store) save(name string, value any) (path string, err error) {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return "", err
	}
	return s.path(name), replaceFile(s.path(name), append(data, '\n'))
}

// addState stores a state in the place of the one before.
func (s *store) addState(state *protocol.State) error {
	if state.Stream == nil {
		return fmt.Errorf("the destination wrote back a %s state, but this program keeps only "+
			"states of single streams", state.Type)
	}
	i := slices.IndexFunc(s.states, func(old protocol.State) bool {
		return old.Stream != nil && old.Stream.Descriptor == state.Stream.Descriptor
	})
	if i < 0 {
		i = len(s.states)
		s.states = append(s.states, protocol.State{})
	}
	s.states[i] = *state
	return s.writeStates()
}

// writeStates writes an array with one state a line, for those who look into it.
func (s *store) writeStates() error {
	var lines [][]byte
	for _, state := range s.states {
		line, err := json.Marshal(state)
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	array := fmt.Appendf(nil, "[\n%s\n]\n", bytes.Join(lines, []byte(",\n")))
	return replaceFile(s.path("state.json"), array)
}

// grow lets the shop grow until the next run.
func (s *store) grow() error {
	s.shop.Growth++
	_, err := s.save("shop.json", s.shop)
	return err
}
