package state

import (
	"encoding/json"
	"iter"

	"github.com/airbyte-go/cdk/protocol"
)

// A Set is the state a sync starts from. The zero value is the empty set, with which every stream
// starts from the beginning. A Set is never modified after [Parse], so any number of goroutines
// may use it; the bytes it returns must not be modified.
type Set struct {
	kind    protocol.StateType
	shared  json.RawMessage
	streams []streamState
	index   map[protocol.Descriptor]int // in streams
}

type streamState struct {
	descriptor protocol.Descriptor
	state      json.RawMessage
}

// Kind returns the form of the input: [protocol.StateStream], [protocol.StateGlobal] or
// [protocol.StateLegacy], and "" for an empty set.
func (s *Set) Kind() protocol.StateType { return s.kind }

// Len returns the number of streams that have a state.
func (s *Set) Len() int { return len(s.streams) }

// Stream returns the state of the stream d, a JSON object. A stream whose state is absent or null
// has none: it was reset. A legacy state knows names only, and its entry counts for the stream of
// that name in any namespace.
func (s *Set) Stream(d protocol.Descriptor) (state json.RawMessage, ok bool) {
	if s.kind == protocol.StateLegacy {
		d.Namespace = ""
	}
	i, ok := s.index[d]
	if !ok {
		return nil, false
	}
	return s.streams[i].state, true
}

// Shared returns the shared state of a GLOBAL input, nil when there is none.
func (s *Set) Shared() json.RawMessage { return s.shared }

// Streams returns the streams that have a state, in the order of the input.
func (s *Set) Streams() iter.Seq2[protocol.Descriptor, json.RawMessage] {
	return func(yield func(protocol.Descriptor, json.RawMessage) bool) {
		for _, st := range s.streams {
			if !yield(st.descriptor, st.state) {
				return
			}
		}
	}
}
