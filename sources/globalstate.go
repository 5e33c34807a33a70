package sources

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

// globalState writes the states of a source whose streams share one: each is GLOBAL and holds the
// shared state and that of every stream.
type globalState struct {
	pace   *pace
	beat   func()
	runs   []*streamRun
	others []protocol.StreamState // of streams that this sync does not read, as they came

	mu     sync.Mutex // taken last
	shared json.RawMessage
	moved  bool // shared has changed since the last state
}

// newGlobalState begins with what the last sync left. beat is told of each state.
func newGlobalState(saved *state.Set, p *pace, beat func()) *globalState {
	return &globalState{pace: p, beat: beat, shared: slices.Clone(saved.Shared())}
}

// take takes the runs of a read, without those that are nil, and keeps the states of the streams
// that are not read.
func (g *globalState) take(runs []*streamRun, saved *state.Set) {
	g.runs = slices.DeleteFunc(slices.Clone(runs), func(s *streamRun) bool { return s == nil })
	for d, raw := range saved.Streams() {
		read := slices.ContainsFunc(g.runs, func(s *streamRun) bool { return s.id == d })
		if !read {
			g.others = append(g.others, protocol.StreamState{Descriptor: d, State: raw})
		}
	}
}

// set replaces the shared state, which the records that have left the process back.
func (g *globalState) set(shared json.RawMessage) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shared, g.moved = slices.Clone(shared), true
}

// news is the state of this moment, nil where nothing has moved since the last one. It is called
// with the writer's lock held.
func (g *globalState) news() *protocol.Message {
	g.mu.Lock()
	moved := g.moved
	g.mu.Unlock()
	for _, run := range g.runs {
		run.mu.Lock()
		moved = moved || run.positions.moved
		run.mu.Unlock()
	}
	if !moved {
		return nil
	}
	return g.message()
}

// message is the state of this moment. It is called with the writer's lock held, so no two are made
// at once, and no record is written meanwhile.
func (g *globalState) message() *protocol.Message {
	g.mu.Lock()
	all := &protocol.GlobalState{SharedState: g.shared, StreamStates: slices.Clone(g.others)}
	g.moved = false
	g.mu.Unlock()
	var records int64
	size, complete := len(all.SharedState), true
	for _, run := range g.runs {
		run.mu.Lock()
		blob := run.blob()
		records += run.counter
		run.counter = 0
		complete = complete && run.complete
		run.mu.Unlock()
		size += len(blob)
		all.StreamStates = append(all.StreamStates, protocol.StreamState{
			Descriptor: run.id, State: blob,
		})
	}
	count := protocol.Count(records)
	m := &protocol.State{
		Type: protocol.StateGlobal, Global: all,
		SourceStats: &protocol.StateStats{RecordCount: &count},
	}
	state.Mark(m, complete)
	g.pace.wrote(time.Now(), size)
	g.beat()
	return &protocol.Message{Type: protocol.MessageState, State: m}
}
