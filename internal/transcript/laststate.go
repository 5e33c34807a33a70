package transcript

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

// LastState is the state that the next sync gets, as the platform keeps it: a JSON array with the
// newest STREAM state of each stream, in the order of their names, or with the newest GLOBAL
// state. A stream that has written none in this run keeps the one it started from. Where there is
// none at all it is an empty array.
func (r *Run) LastState() json.RawMessage {
	kept := newPlatform(r.Before)
	for _, m := range r.Messages {
		if m.State != nil {
			kept.take(m.State)
		}
	}
	return kept.file()
}

// platform keeps states as the platform does between two syncs.
type platform struct {
	global  *protocol.GlobalState // nil: states are kept by stream
	streams map[protocol.Descriptor]json.RawMessage
}

// newPlatform takes over the state file of a run. Nothing is taken from one that cannot be read:
// the run is going to complain about it.
func newPlatform(file []byte) *platform {
	p := &platform{streams: map[protocol.Descriptor]json.RawMessage{}}
	set, err := state.Parse(file)
	if err != nil {
		return p
	}
	if set.Kind() == protocol.StateGlobal {
		p.global = &protocol.GlobalState{SharedState: set.Shared()}
	}
	for d, s := range set.Streams() {
		if p.global == nil {
			p.streams[d] = s
			continue
		}
		p.global.StreamStates = append(p.global.StreamStates,
			protocol.StreamState{Descriptor: d, State: s})
	}
	return p
}

// take keeps a new state. A stream whose state is null starts from the beginning.
func (p *platform) take(s *protocol.State) {
	switch {
	case s.Global != nil:
		p.global = s.Global
	case s.Stream == nil: // LEGACY, which the platform refuses
	case len(s.Stream.State) == 0 || jsonraw.IsNull(s.Stream.State):
		delete(p.streams, s.Stream.Descriptor)
	default:
		p.global = nil
		p.streams[s.Stream.Descriptor] = s.Stream.State
	}
}

// file is the text of the state file for the next run.
func (p *platform) file() json.RawMessage {
	var states []protocol.State
	if p.global != nil {
		states = append(states, protocol.State{Type: protocol.StateGlobal, Global: p.global})
	} else {
		for _, d := range slices.SortedFunc(maps.Keys(p.streams), compareDescriptors) {
			states = append(states, protocol.State{
				Type:   protocol.StateStream,
				Stream: &protocol.StreamState{Descriptor: d, State: p.streams[d]},
			})
		}
	}
	text := []byte{'['}
	for i, s := range states {
		if i > 0 {
			text = append(text, ',')
		}
		one, err := s.MarshalJSON() // json.Marshal would rewrite what the connector wrote
		if err != nil {             // it came out of JSON
			panic(err)
		}
		text = append(text, one...)
	}
	return append(text, ']')
}

// SameState reports whether two state files mean the same: the order of a stream's partitions says
// nothing, and their lookback_window is how long the read took.
func SameState(a, b []byte) bool { return jsonraw.Equal(plainState(a), plainState(b)) }

// plainState is a state file without what varies from read to read.
func plainState(file []byte) []byte {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return file
	}
	text, err := json.Marshal(withoutVariance(value))
	if err != nil { // it came out of JSON
		panic(err)
	}
	return text
}

func withoutVariance(value any) any {
	switch v := value.(type) {
	case map[string]any:
		delete(v, "lookback_window")
		for name := range v {
			v[name] = withoutVariance(v[name])
		}
		if partitions, ok := v["states"].([]any); ok {
			slices.SortFunc(partitions, func(a, b any) int {
				return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
			})
		}
	case []any:
		for i := range v {
			v[i] = withoutVariance(v[i])
		}
	}
	return value
}

func compareDescriptors(a, b protocol.Descriptor) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}
