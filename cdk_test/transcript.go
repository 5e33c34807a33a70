package cdktest

import (
	"iter"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// messages are the lines that hold a message.
func (r *Result) messages() iter.Seq[line] {
	return func(yield func(line) bool) {
		for _, l := range r.lines {
			if l.message != nil && !yield(l) {
				return
			}
		}
	}
}

// isAsked reports whether the catalog holds the stream d, as far as that is known.
func (r *Result) isAsked(d protocol.Descriptor) bool {
	return r.asked == nil || slices.Contains(r.asked, d)
}

// expected are the streams of the catalog, or else those that the run speaks of.
func (r *Result) expected() []protocol.Descriptor {
	if r.asked != nil {
		return r.asked
	}
	var seen []protocol.Descriptor
	for l := range r.messages() {
		if d, what := subject(l.message); what != "" && !slices.Contains(seen, d) {
			seen = append(seen, d)
		}
	}
	return seen
}

// lastStatus is the status in which a stream was left; empty when it had none.
func (r *Result) lastStatus(d protocol.Descriptor) (last protocol.StreamStatus) {
	for l := range r.messages() {
		if s := statusOf(l.message); s != nil && s.Descriptor == d {
			last = s.Status
		}
	}
	return last
}

// statesOf counts the states of a stream, and its records after the last of them.
func (r *Result) statesOf(d protocol.Descriptor) (states, recordsAfter int) {
	for l := range r.messages() {
		record, state := l.message.Record, l.message.State
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
	switch status, failure := statusOf(m), errorOf(m); {
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

// statusOf is the stream status in a message, or nil.
func statusOf(m *protocol.Message) *protocol.StreamStatusTrace {
	if m.Trace == nil {
		return nil
	}
	return m.Trace.StreamStatus
}

// errorOf is the ERROR trace in a message, or nil.
func errorOf(m *protocol.Message) *protocol.ErrorTrace {
	if m.Trace == nil {
		return nil
	}
	return m.Trace.Error
}

// clip shortens a text for a sentence.
func clip(text string) string {
	const enough = 200
	if len(text) <= enough {
		return text
	}
	return strings.ToValidUTF8(text[:enough], "") + "..."
}
