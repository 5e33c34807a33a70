package sources

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// noCursorState is the state of a stream that keeps no position; the Python kit and the platform
// know it by this key.
const noCursorState = `{"__ab_no_cursor_state_message":true}`

// streamState is the saved state of an incremental stream: an object with the position under the
// name of the cursor field. Other members are kept as they came.
type streamState struct {
	cursor  Cursor
	members map[string]json.RawMessage
	saved   *key // nil: no position
}

// parseStreamState reads what an earlier sync of stream d has left. A state without a position for
// this cursor, such as that of a full refresh, counts as none.
func parseStreamState(d protocol.Descriptor, c Cursor, raw []byte) (streamState, error) {
	s := streamState{cursor: c}
	if len(raw) == 0 || string(raw) == "null" {
		return s, nil
	}
	if err := json.Unmarshal(raw, &s.members); err != nil {
		return s, badState(d, "is not a JSON object")
	}
	delete(s.members, "__ab_no_cursor_state_message")
	at, ok := s.members[c.name()]
	if !ok || string(at) == "null" {
		return s, nil
	}
	k, err := c.parse(at)
	if err != nil {
		return s, badState(d, fmt.Sprintf("has no usable value for the cursor field %q: %s",
			c.name(), err))
	}
	s.saved = &k
	return s, nil
}

func badState(d protocol.Descriptor, problem string) error {
	e := protocol.Errorf(protocol.ConfigError, "The saved state of stream %s %s. Reset the "+
		"stream to read it from the beginning, or repair its state.", d, problem)
	e.Stream = d
	return e
}

// encode returns the state for a position. Where there is none it is the cursor's start, or else
// the state as it came.
func (s streamState) encode(at mark) json.RawMessage {
	if !at.set {
		whole := s.cursor.bounds(time.Time{})
		at.key, at.set = whole.from, whole.bounded
	}
	members := make(map[string]json.RawMessage, len(s.members)+1)
	maps.Copy(members, s.members)
	if at.set {
		members[s.cursor.name()] = s.cursor.encode(at.key)
	}
	raw, err := json.Marshal(members)
	if err != nil { // the members came out of JSON
		panic(err)
	}
	return raw
}
