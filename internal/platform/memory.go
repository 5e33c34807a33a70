package platform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// Memory is what a connection keeps between its runs.
type Memory struct {
	States      *States
	Generations map[protocol.Descriptor]int64 // of each stream that was ever replaced
	SyncID      int64                         // of the last sync; the platform calls it job id
	// Source and Destination say whose memory it is, in words that a [Store] that cares chooses;
	// empty: nobody has said so.
	Source, Destination string
}

// Store keeps the [Memory] of a connection. Its calls do not overlap.
type Store interface {
	// Load returns what was saved last, and an empty memory the first time.
	Load() (*Memory, error)
	// SaveStates makes the states durable. A crash leaves the old ones or the new ones.
	SaveStates(m *Memory) error
	// SaveAll makes all of it durable.
	SaveAll(m *Memory) error
}

// Forget takes all states away, so that the next sync starts over. Generations stay, because they
// must never go down.
func (m *Memory) Forget() { m.States = newMemory().States }

// newMemory returns an empty memory.
func newMemory() *Memory {
	return &Memory{
		States:      new(States),
		Generations: map[protocol.Descriptor]int64{},
	}
}

// FileStore keeps a memory in two files. The one that its path names is the state file as a source
// takes it, so that it can be looked at, and given to "read --state". The other one, beside it,
// ends in ".sync.json" and holds the rest. A crash between the two writes costs nothing: a full
// refresh that has a new generation and still its old state loses that at its next start.
type FileStore string

var _ Store = FileStore("")

// ledgerFile is the text of the second file.
type ledgerFile struct {
	Source      string             `json:"source,omitempty"`
	Destination string             `json:"destination,omitempty"`
	SyncID      int64              `json:"sync_id"`
	Generations []generationOfFile `json:"generations"`
}

type generationOfFile struct {
	Stream     protocol.Descriptor `json:"stream_descriptor"`
	Generation int64               `json:"generation_id"`
}

// Beside is the path of the second file.
func (s FileStore) Beside() string {
	return strings.TrimSuffix(string(s), ".json") + ".sync.json"
}

// Load implements [Store].
func (s FileStore) Load() (*Memory, error) {
	clearNext(string(s))
	clearNext(s.Beside())
	m := newMemory()
	text, err := os.ReadFile(string(s))
	if err == nil {
		m.States, err = ParseStates(text)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the state file %s cannot be used: %w; delete it to start over",
			string(s), err)
	}
	var ledger ledgerFile
	text, err = os.ReadFile(s.Beside())
	if err == nil {
		err = json.Unmarshal(text, &ledger)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s, which holds the generation ids, cannot be used: %w; a "+
			"destination fails when they go down, so write them anew instead of deleting it",
			s.Beside(), err)
	}
	m.SyncID, m.Source, m.Destination = ledger.SyncID, ledger.Source, ledger.Destination
	for _, g := range ledger.Generations {
		m.Generations[g.Stream] = g.Generation
	}
	return m, nil
}

// SaveStates implements [Store].
func (s FileStore) SaveStates(m *Memory) error {
	return ReplaceFile(string(s), append(slices.Clip([]byte(m.States.File())), '\n'))
}

// SaveAll implements [Store].
func (s FileStore) SaveAll(m *Memory) error {
	ledger := ledgerFile{
		Source: m.Source, Destination: m.Destination, SyncID: m.SyncID,
		Generations: []generationOfFile{},
	}
	for d, g := range m.Generations {
		ledger.Generations = append(ledger.Generations, generationOfFile{d, g})
	}
	slices.SortFunc(ledger.Generations, func(a, b generationOfFile) int {
		return compareDescriptors(a.Stream, b.Stream)
	})
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(ledger); err != nil {
		return err
	}
	if err := ReplaceFile(s.Beside(), text.Bytes()); err != nil {
		return err
	}
	return s.SaveStates(m)
}
