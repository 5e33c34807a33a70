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
// state. Its zero value holds none. It is not safe for concurrent use.
type States struct {
	global  *protocol.GlobalState // nil: states are kept by stream
	streams map[protocol.Descriptor]json.RawMessage
}

// ParseStates reads a state file, in every form that package state reads. Empty input is no state.
func ParseStates(file []byte) (*States, error) {
	s := new(States)
	set, err := state.Parse(file)
	if err != nil {
		return s, err
	}
	if set.Kind() == protocol.StateGlobal {
		s.global = &protocol.GlobalState{SharedState: set.Shared()}
	}
	for d, text := range set.Streams() {
		one := protocol.StreamState{Descriptor: d, State: text}
		if s.global != nil {
			s.global.StreamStates = append(s.global.StreamStates, one)
			continue
		}
		s.Take(&protocol.State{Stream: &one})
	}
	return s, nil
}

// Take keeps a new state in the place of the one before. A stream whose state is null starts from
// the beginning (A.3).
func (s *States) Take(st *protocol.State) {
	if st.Global != nil { // states of streams, if there were any, are those of another version
		s.global = st.Global
		clear(s.streams)
	}
	if st.Global != nil || st.Stream == nil { // LEGACY, which the platform refuses
		return
	}
	s.global = nil
	if len(st.Stream.State) == 0 || jsonraw.IsNull(st.Stream.State) {
		delete(s.streams, st.Stream.Descriptor)
		return
	}
	if s.streams == nil {
		s.streams = map[protocol.Descriptor]json.RawMessage{}
	}
	s.streams[st.Stream.Descriptor] = st.Stream.State
}

// Of is the state of a stream, nil where it has none. In a GLOBAL state it is the stream's part.
func (s *States) Of(d protocol.Descriptor) json.RawMessage {
	if s.global == nil {
		return s.streams[d]
	}
	for _, st := range s.global.StreamStates {
		if st.Descriptor == d && !jsonraw.IsNull(st.State) {
			return st.State
		}
	}
	return nil
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

// Array is the states as the next read takes them: a JSON array, in the order of the streams' names
// (A.9). Where there is no state it is empty.
func (s *States) Array() json.RawMessage {
	return slices.Concat([]byte("["), bytes.Join(s.texts(), []byte(",")), []byte("]"))
}

// File is [States.Array] as the text of a state file, with one state a line.
func (s *States) File() json.RawMessage {
	texts := s.texts()
	if len(texts) == 0 {
		return json.RawMessage("[]")
	}
	return slices.Concat([]byte("[\n"), bytes.Join(texts, []byte(",\n")), []byte("\n]"))
}

// texts are the states one by one.
func (s *States) texts() [][]byte {
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
	texts := make([][]byte, len(states))
	for i, st := range states {
		text, err := st.MarshalJSON() // json.Marshal would rewrite what the connector wrote
		if err != nil {               // it came out of JSON
			panic(err)
		}
		texts[i] = text
	}
	return texts
}

func compareDescriptors(a, b protocol.Descriptor) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}
