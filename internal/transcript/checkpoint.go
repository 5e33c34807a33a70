package transcript

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Checkpoint is a point of a run from which the next may start.
type Checkpoint struct {
	Line  int             // of the state
	State json.RawMessage // as the platform would hand it over; see [Run.LastState]
}

// Checkpoints are those of a run, in order. Of equal states that follow each other the last counts.
func (r *Run) Checkpoints() (points []Checkpoint) {
	kept := r.statesBefore()
	for l := range r.Said() {
		if l.Message.State == nil {
			continue
		}
		kept.Take(l.Message.State)
		state := kept.Array()
		if n := len(points); n > 0 && bytes.Equal(points[n-1].State, state) {
			points[n-1].Line = l.Number
			continue
		}
		points = append(points, Checkpoint{l.Number, state})
	}
	return points
}

// Until is the run up to a line, as the platform has it when the connector dies there.
func (r *Run) Until(line int) *Run {
	cut := &Run{Verb: r.Verb, Asked: r.Asked, Before: r.Before}
	cut.Texts = slices.Clip(r.Texts[:min(line, len(r.Texts))])
	cut.Lines = slices.Clip(r.Lines[:len(cut.Texts)])
	for l := range cut.Said() {
		cut.Messages = append(cut.Messages, l.Message)
	}
	return cut
}
