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
	runs   []*streamRun
	others []protocol.StreamState // of streams that this sync does not read, as they came

	mu     sync.Mutex // taken last
	shared json.RawMessage
}

// newGlobalState begins with what the last sync left.
func newGlobalState(saved *state.Set, p *pace) *globalState {
	return &globalState{pace: p, shared: slices.Clone(saved.Shared())}
}

// keepOthers keeps the states of the streams that are not read.
func (g *globalState) keepOthers(saved *state.Set) {
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
	g.shared = slices.Clone(shared)
}

// message is the state of this moment. It is called with the writer's lock held, so no two are made
// at once, and no record is written meanwhile.
func (g *globalState) message() *protocol.Message {
	g.mu.Lock()
	all := &protocol.GlobalState{SharedState: g.shared, StreamStates: slices.Clone(g.others)}
	g.mu.Unlock()
	var records int64
	size, complete := len(all.SharedState), true
	for _, run := range g.runs {
		run.mu.Lock()
		run.said = run.blob()
		records += run.counter
		run.counter = 0
		complete = complete && run.complete
		run.mu.Unlock()
		size += len(run.said)
		all.StreamStates = append(all.StreamStates, protocol.StreamState{
			Descriptor: run.id, State: []byte(run.said),
		})
	}
	count := protocol.Count(records)
	m := &protocol.State{
		Type: protocol.StateGlobal, Global: all,
		SourceStats: &protocol.StateStats{RecordCount: &count},
	}
	state.Mark(m, complete)
	g.pace.wrote(time.Now(), size)
	return &protocol.Message{Type: protocol.MessageState, State: m}
}
