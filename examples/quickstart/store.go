package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/airbyte-go/cdk/internal/platform"
)

// store keeps what a run leaves behind, in one folder:
//
//	shop.db      the tables, which only the destination writes
//	state.json   the newest state of each stream, as "read --state" wants it
//	shop.json    how often the shop has grown
//	config.json, destination.json, source.log, destination.log and the binaries
//
// The platform stores a state after the destination has written it back, so the records that it
// covers are in the tables. A kill at any moment costs nothing but a few records that are read
// twice, and those the destination tells from new ones.
type store struct {
	dir  string
	shop shopState
}

const (
	tablesFile = "shop.db"
	stateFile  = "state.json"
)

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
	if _, err := os.Stat(s.path(tablesFile)); errors.Is(err, fs.ErrNotExist) {
		_ = os.Remove(s.path(stateFile)) // of tables that somebody has deleted
	}
	return s, s.load("shop.json", &s.shop)
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

// save writes a JSON file of the store and returns its text.
func (s *store) save(name string, value any) (text []byte, err error) {
	if text, err = json.MarshalIndent(value, "", "  "); err != nil {
		return nil, err
	}
	text = append(text, '\n')
	return text, platform.ReplaceFile(s.path(name), text)
}

// grow lets the shop grow until the next run.
func (s *store) grow() error {
	s.shop.Growth++
	_, err := s.save("shop.json", s.shop)
	return err
}
