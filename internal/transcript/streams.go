package transcript

import (
	"iter"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// Said are the lines that hold a message.
func (r *Run) Said() iter.Seq[Line] {
	return func(yield func(Line) bool) {
		for _, l := range r.Lines {
			if l.Message != nil && !yield(l) {
				return
			}
		}
	}
}

// IsAsked reports whether the catalog holds the stream d, as far as that is known.
func (r *Run) IsAsked(d protocol.Descriptor) bool {
	return r.Asked == nil || slices.Contains(r.Asked, d)
}

// Expected are the streams of the catalog, or else those that the run speaks of.
func (r *Run) Expected() []protocol.Descriptor {
	if r.Asked != nil {
		return r.Asked
	}
	var seen []protocol.Descriptor
	for l := range r.Said() {
		if d, what := subject(l.Message); what != "" && !slices.Contains(seen, d) {
			seen = append(seen, d)
		}
	}
	return seen
}

// LastStatus is the status in which a stream was left; empty when it had none.
func (r *Run) LastStatus(d protocol.Descriptor) (last protocol.StreamStatus) {
	for l := range r.Said() {
		if s := StatusOf(l.Message); s != nil && s.Descriptor == d {
			last = s.Status
		}
	}
	return last
}

// StatesOf counts the states of a stream, and its records after the last of them.
func (r *Run) StatesOf(d protocol.Descriptor) (states, recordsAfter int) {
	for l := range r.Said() {
		record, state := l.Message.Record, l.Message.State
		switch {
		case record != nil && record.Descriptor() == d:
			recordsAfter++
		case state != nil && (state.Stream == nil || state.Stream.Descriptor == d):
			states++
			recordsAfter = 0
		}
	}
	return states, recordsAfter
}

// subject is the stream that a message speaks of, and what it is in a sentence; empty when it
// speaks of none.
func subject(m *protocol.Message) (d protocol.Descriptor, what string) {
	switch status, failure := StatusOf(m), ErrorOf(m); {
	case m.Record != nil:
		return m.Record.Descriptor(), "a record"
	case m.State != nil && m.State.Stream != nil:
		return m.State.Stream.Descriptor, "a state"
	case status != nil:
		return status.Descriptor, "the status " + string(status.Status)
	case failure != nil && failure.Descriptor != nil:
		return *failure.Descriptor, "an ERROR trace"
	}
	return d, ""
}

// StatusOf is the stream status in a message, or nil.
func StatusOf(m *protocol.Message) *protocol.StreamStatusTrace {
	if m.Trace == nil {
		return nil
	}
	return m.Trace.StreamStatus
}

// ErrorOf is the ERROR trace in a message, or nil.
func ErrorOf(m *protocol.Message) *protocol.ErrorTrace {
	if m.Trace == nil {
		return nil
	}
	return m.Trace.Error
}

// Clip shortens a text for a sentence.
func Clip(text string) string {
	const enough = 200
	if len(text) <= enough {
		return text
	}
	return strings.ToValidUTF8(text[:enough], "") + "..."
}
