package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// store keeps what a run leaves behind, in one folder:
//
//	records/STREAM.jsonl  the records, which only get more
//	state.json            the newest state of each stream, as "read --state" wants it
//	shop.json             how often the shop has grown
//	config.json, catalog.json, source.log, source-rest
//
// It keeps the promise on which everything rests: the records that a state covers are on the disk
// before the state is. A kill at any moment costs nothing but a few records that are read twice.
type store struct {
	dir     string
	records map[string]*recordFile // by file name
	states  []protocol.State
	shop    shopState
	replace func(path string, data []byte) error
}

// shopState is the part of the shop that outlives a run.
type shopState struct {
	Growth int `json:"growth"`
}

const recordsExt = ".jsonl"

// openStore opens the store in a folder, which is made where it is missing.
func openStore(dir string) (*store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &store{dir: dir, records: map[string]*recordFile{}, replace: replaceFile}
	if err := os.MkdirAll(s.path("records"), 0o750); err != nil {
		return nil, fmt.Errorf("nothing can be stored: %w", err)
	}
	err = errors.Join(s.load("state.json", &s.states), s.load("shop.json", &s.shop))
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(s.path("records"))
	for _, e := range entries {
		if err == nil && strings.HasSuffix(e.Name(), recordsExt) {
			_, err = s.recordFile(e.Name())
		}
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
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
	return s.path(name), s.replace(s.path(name), append(data, '\n'))
}

// recordFile returns the open file of that name.
func (s *store) recordFile(name string) (*recordFile, error) {
	if f := s.records[name]; f != nil {
		return f, nil
	}
	f, err := openRecordFile(filepath.Join(s.path("records"), name))
	if err != nil {
		return nil, err
	}
	s.records[name] = f
	return f, syncFolder(s.path("records"))
}

// recordsName is the name of a stream's file. It is the stream's own, except for characters that a
// file system may not like.
func recordsName(d protocol.Descriptor) string { return url.QueryEscape(d.String()) + recordsExt }

// stored returns how many records of a stream there are.
func (s *store) stored(d protocol.Descriptor) int64 {
	if f := s.records[recordsName(d)]; f != nil {
		return f.lines
	}
	return 0
}

// addRecord stores a record; it is durable when the next state is.
func (s *store) addRecord(r *protocol.Record) error {
	f, err := s.recordFile(recordsName(r.Descriptor()))
	if err != nil {
		return err
	}
	return f.append(r.Data)
}

// addState makes all records durable and then the state that covers them.
func (s *store) addState(state *protocol.State) error {
	if state.Stream == nil {
		return fmt.Errorf("the connector wrote a %s state, but this program keeps only states "+
			"of single streams", state.Type)
	}
	for _, f := range s.records {
		if err := f.sync(); err != nil {
			return err
		}
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
	return s.replace(s.path("state.json"), array)
}

// grow lets the shop grow until the next run.
func (s *store) grow() error {
	s.shop.Growth++
	_, err := s.save("shop.json", s.shop)
	return err
}

func (s *store) close() (err error) {
	for _, f := range s.records {
		err = errors.Join(err, f.close())
	}
	return err
}
