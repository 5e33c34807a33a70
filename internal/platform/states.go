package platform

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

// States is what a connection has reached: the newest state of each stream, or the newest GLOBAL
// state. It is not safe for concurrent use. A nil map of streams is an empty one.
type States struct {
	global  *protocol.GlobalState // nil: states are kept by stream
	streams map[protocol.Descriptor]json.RawMessage
}

// ParseStates reads a state file, in every form that package state reads. Empty input is no state.
func ParseStates(file []byte) (*States, error) {
	s := &States{streams: map[protocol.Descriptor]json.RawMessage{}}
	set, err := state.Parse(file)
	if err != nil {
		return s, err
	}
	if set.Kind() == protocol.StateGlobal {
		s.global = &protocol.GlobalState{SharedState: set.Shared()}
	}
	for d, text := range set.Streams() {
		if s.global == nil {
			s.streams[d] = text
			continue
		}
		s.global.StreamStates = append(s.global.StreamStates,
			protocol.StreamState{Descriptor: d, State: text})
	}
	return s, nil
}

// Take keeps a new state in the place of the one before. A stream whose state is null starts from
// the beginning (A.3).
func (s *States) Take(st *protocol.State) {
	switch {
	case st.Global != nil:
		s.global = st.Global
	case st.Stream == nil: // LEGACY, which the platform refuses
	case len(st.Stream.State) == 0 || jsonraw.IsNull(st.Stream.State):
		delete(s.streams, st.Stream.Descriptor)
	default:
		s.global = nil
		s.streams[st.Stream.Descriptor] = st.Stream.State
	}
}

// Remove takes the state of a stream away.
func (s *States) Remove(d protocol.Descriptor) {
	delete(s.streams, d)
	if s.global == nil {
		return
	}
	kept := *s.global
	kept.StreamStates = slices.DeleteFunc(slices.Clone(kept.StreamStates),
		func(st protocol.StreamState) bool { return st.Descriptor == d })
	s.global = &kept
}

// Len is the number of states.
func (s *States) Len() int {
	if s.global != nil {
		return 1
	}
	return len(s.streams)
}

// File is the text of the state file for the next read: a JSON array with one state a line, in the
// order of the streams' names (A.9). Where there is no state it is an empty array.
func (s *States) File() json.RawMessage {
	var states []protocol.State
	if s.global != nil {
		states = append(states, protocol.State{Type: protocol.StateGlobal, Global: s.global})
	} else {
		for _, d := range slices.SortedFunc(maps.Keys(s.streams), compareDescriptors) {
			states = append(states, protocol.State{
				Type:   protocol.StateStream,
				Stream: &protocol.StreamState{Descriptor: d, State: s.streams[d]},
			})
		}
	}
	if len(states) == 0 {
		return json.RawMessage("[]")
	}
	lines := make([][]byte, len(states))
	for i, st := range states {
		line, err := st.MarshalJSON() // json.Marshal would rewrite what the connector wrote
		if err != nil {               // it came out of JSON
			panic(err)
		}
		lines[i] = line
	}
	return slices.Concat([]byte("[\n"), bytes.Join(lines, []byte(",\n")), []byte("\n]"))
}

func compareDescriptors(a, b protocol.Descriptor) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}
