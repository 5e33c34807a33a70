package state

import (
	"encoding/json"

	"github.com/airbyte-go/cdk/protocol"
)

// markName is the property by which the sources of this kit mark their states.
const markName = "go_cdk"

// mark is the value of the property. It is an object so that it can grow.
type mark struct {
	Complete bool `json:"complete"`
}

// Mark adds to a source's state whether the stream has been read to its end. A platform that knows
// no generation ids closes a destination's input in the same way whether the source succeeded or
// failed; the mark lets a destination of this kit tell, because unknown properties of a state
// survive the platform.
func Mark(s *protocol.State, complete bool) {
	value, err := json.Marshal(mark{Complete: complete})
	if err != nil { // a struct of one bool has a JSON form
		panic(err)
	}
	s.Extra.Set(markName, value)
}

// Marked reports whether a state carries the mark of [Mark], and whether that says complete.
func Marked(s *protocol.State) (marked, complete bool) {
	value, ok := s.Extra.Get(markName)
	if !ok {
		return false, false
	}
	var m mark
	if err := json.Unmarshal(value, &m); err != nil {
		return false, false
	}
	return true, m.Complete
}
