package transcript

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/platform"
)

// LastState is the state that the next sync gets, as the platform keeps it: a JSON array with the
// newest STREAM state of each stream, in the order of their names, or with the newest GLOBAL
// state. A stream that has written none in this run keeps the one it started from. Where there is
// none at all it is an empty array.
func (r *Run) LastState() json.RawMessage {
	kept := r.statesBefore()
	for _, m := range r.Messages {
		if m.State != nil {
			kept.Take(m.State)
		}
	}
	return kept.Array()
}

// statesBefore takes over the state file of a run. Nothing is taken from one that cannot be read:
// the run is going to complain about it.
func (r *Run) statesBefore() *platform.States {
	kept, err := platform.ParseStates(r.Before)
	if err != nil {
		return new(platform.States)
	}
	return kept
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
