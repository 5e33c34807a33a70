package cdktest

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// streamStateOf is the state of a stream that is named as in a test.
func streamStateOf(stream, state string) protocol.StreamState {
	if !json.Valid([]byte(state)) {
		panic(fmt.Sprintf("cdktest: the state of stream %s is not JSON: %s", stream, state))
	}
	d := protocol.Descriptor{Name: stream}
	if namespace, name, ok := strings.Cut(stream, "."); ok {
		d = protocol.Descriptor{Namespace: namespace, Name: name}
	}
	return protocol.StreamState{Descriptor: d, State: json.RawMessage(state)}
}

// describedStates is the text of the state file that the settings describe.
func describedStates(s *settings) []byte {
	var states []protocol.State
	if s.sharedState != nil {
		states = append(states, protocol.State{
			Type: protocol.StateGlobal,
			Global: &protocol.GlobalState{
				SharedState: s.sharedState, StreamStates: s.streamStates,
			},
		})
	} else {
		for _, one := range s.streamStates {
			states = append(states, protocol.State{Type: protocol.StateStream, Stream: &one})
		}
	}
	text, err := json.Marshal(states)
	if err != nil { // the parts are valid
		panic(err)
	}
	return text
}
