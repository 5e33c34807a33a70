package platform_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// talk is a sync of scripted connectors, and what comes of it.
type talk struct {
	source []string // the lines that it writes
	code   int      // and its exit code
	// back is what the destination does with a state; nil: it writes it back with true counts.
	back     func(st *protocol.State) []*protocol.State
	said     []string                    // lines that the destination writes first
	ends     int                         // the destination's exit code
	catalog  *protocol.ConfiguredCatalog // nil: stream a, incremental, appended
	registry bool                        // the world of registry connectors

	fails    string   // a part of the failure; empty: the sync succeeds
	findings []string // a part of each of the findings, which are no more
	gets     []string // parts of the lines that the destination gets, in order, none left out
}

// script is a source that writes lines and ends with a code.
func script(code int, lines ...string) platform.InProcess {
	return func(_ context.Context, _ platform.Call, _ io.Reader, out io.Writer) int {
		for _, line := range lines {
			if _, err := io.WriteString(out, line+"\n"); err != nil {
				return 1
			}
		}
		return code
	}
}

// input is what a destination got.
type input struct {
	mu    sync.Mutex
	lines []string
	calls []platform.Call
}

// echo is a destination that writes every state back with true counts.
func (in *input) echo() platform.InProcess { return in.destination(talk{}) }

// destination is the one of a talk.
func (in *input) destination(k talk) platform.InProcess {
	return func(_ context.Context, c platform.Call, from io.Reader, out io.Writer) int {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.calls = append(in.calls, c)
		for _, line := range k.said {
			fmt.Fprintln(out, line)
		}
		n := 0
		lines := bufio.NewScanner(from)
		for lines.Buffer(nil, 1<<30); lines.Scan(); {
			in.lines = append(in.lines, lines.Text())
			m, err := protocol.Parse(lines.Bytes())
			if err != nil {
				return 1
			}
			switch {
			case m.Record != nil:
				n++
			case m.State != nil:
				m.State.DestinationStats = &protocol.StateStats{RecordCount: new(protocol.Count(n))}
				n = 0
				k.write(out, m.State)
			}
		}
		return k.ends
	}
}

func (k *talk) write(out io.Writer, st *protocol.State) {
	states := []*protocol.State{st}
	if k.back != nil {
		states = k.back(st)
	}
	for _, st := range states {
		m := protocol.Message{Type: protocol.MessageState, State: st}
		text, err := m.MarshalJSON()
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(out, "%s\n", text)
	}
}

// run syncs, checks what came of it, and returns the report and the states that are stored.
func (k talk) run(t *testing.T) (*platform.Report, string) {
	t.Helper()
	if k.catalog == nil {
		k.catalog = appending()
	}
	in, kept := new(input), new(shelf)
	s := &platform.Sync{
		Source: script(k.code, k.source...), Destination: in.destination(k),
		Catalog: k.catalog, Store: kept, SupportsRefreshes: k.registry,
	}
	r, err := s.Run(t.Context())
	require.NoError(t, err)
	require.Len(t, r.Attempts, 1)
	if k.fails == "" {
		assert.Equal(t, platform.Succeeded, r.Outcome, "%+v", r.Attempts[0].Failures)
	} else {
		assert.Equal(t, platform.Failed, r.Outcome)
		require.NotEmpty(t, r.Attempts[0].Failures)
		assert.Contains(t, r.Attempts[0].Failures[0].Message, k.fails)
	}
	assert.Len(t, r.Findings, len(k.findings), "%+v", r.Findings)
	for i := range min(len(k.findings), len(r.Findings)) {
		assert.Contains(t, r.Findings[i].Text, k.findings[i])
	}
	if k.gets != nil {
		require.Len(t, in.lines, len(k.gets), strings.Join(in.lines, "\n"))
		for i, part := range k.gets {
			assert.Contains(t, in.lines[i], part)
		}
	}
	return r, kept.text()
}

// shelf is a [platform.Store] in memory.
type shelf struct {
	mu     sync.Mutex
	states string // the text of the state file
	m      platform.Memory
	saves  int
	fail   func(saves int) error // of a save
}

var _ platform.Store = (*shelf)(nil)

func (s *shelf) Load() (*platform.Memory, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	states, err := platform.ParseStates([]byte(s.states))
	m := s.m
	m.States = states
	if m.Generations == nil {
		m.Generations = map[protocol.Descriptor]int64{}
	}
	return &m, err
}

func (s *shelf) SaveStates(m *platform.Memory) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.saves++; s.fail != nil {
		if err := s.fail(s.saves); err != nil {
			return err
		}
	}
	s.states = string(m.States.File())
	return nil
}

func (s *shelf) SaveAll(m *platform.Memory) error {
	s.mu.Lock()
	s.m.Generations, s.m.SyncID = m.Generations, m.SyncID
	s.mu.Unlock()
	return s.SaveStates(m)
}

func (s *shelf) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.states
}
