package cdktest

import (
	"encoding/json"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// Result is what a connector said during one run. Where a method takes the name of a stream, it
// is "namespace.name" or the name alone, which then means the streams of that name in all
// namespaces.
type Result struct {
	// Code is the exit code: 0 when all went well, a FAILED check included.
	Code int
	// Spec is the answer to spec; nil for other verbs.
	Spec *protocol.ConnectorSpecification
	// ConnectionStatus is the answer to check; nil for other verbs and when there was none.
	ConnectionStatus *protocol.ConnectionStatus
	// Catalog is the answer to discover; nil for other verbs and when there was none.
	Catalog *protocol.Catalog
	// Messages are all messages, in order.
	Messages []*protocol.Message
	// Lines are the lines of standard output, without their ends.
	Lines []string
	// Stderr is what was written for people.
	Stderr string

	verb   string
	asked  []protocol.Descriptor // the streams of the catalog; nil: not known
	before []byte                // the state from which the run started; may be nil
	lines  []line
}

// line is one line of standard output.
type line struct {
	number  int               // from 1
	message *protocol.Message // nil: it is none
	err     error             // why it is none
}

// newResult reads what a connector has written to standard output.
func newResult(verb, stdout string) *Result {
	r := &Result{verb: verb}
	for text := range strings.Lines(stdout) {
		text = strings.TrimSuffix(text, "\n")
		r.Lines = append(r.Lines, text)
		m, err := protocol.Parse([]byte(text))
		r.lines = append(r.lines, line{len(r.Lines), m, err})
		if err == nil {
			r.Messages = append(r.Messages, m)
			r.keep(m)
		}
	}
	return r
}

// keep keeps the first answer to a verb, as the platform does.
func (r *Result) keep(m *protocol.Message) {
	switch {
	case m.Spec != nil && r.Spec == nil:
		r.Spec = m.Spec
	case m.ConnectionStatus != nil && r.ConnectionStatus == nil:
		r.ConnectionStatus = m.ConnectionStatus
	case m.Catalog != nil && r.Catalog == nil:
		r.Catalog = m.Catalog
	}
}

// Records returns the data of a stream's records, in order.
func (r *Result) Records(stream string) []json.RawMessage {
	var records []json.RawMessage
	for _, m := range r.Messages {
		if m.Record != nil && isNamed(m.Record.Descriptor(), stream) {
			records = append(records, m.Record.Data)
		}
	}
	return records
}

// States returns a stream's states, in order. A GLOBAL state belongs to every stream.
func (r *Result) States(stream string) []*protocol.State {
	var states []*protocol.State
	for _, m := range r.Messages {
		if s := m.State; s != nil && (s.Stream == nil || isNamed(s.Stream.Descriptor, stream)) {
			states = append(states, s)
		}
	}
	return states
}

// Statuses returns the statuses that a stream went through, in order.
func (r *Result) Statuses(stream string) []protocol.StreamStatus {
	var statuses []protocol.StreamStatus
	for _, m := range r.Messages {
		if s := statusOf(m); s != nil && isNamed(s.Descriptor, stream) {
			statuses = append(statuses, s.Status)
		}
	}
	return statuses
}

// Errors returns the ERROR traces, in order.
func (r *Result) Errors() []*protocol.ErrorTrace {
	var traces []*protocol.ErrorTrace
	for _, m := range r.Messages {
		if e := errorOf(m); e != nil {
			traces = append(traces, e)
		}
	}
	return traces
}

// Logs returns the LOG messages, in order.
func (r *Result) Logs() []*protocol.Log {
	var logs []*protocol.Log
	for _, m := range r.Messages {
		if m.Log != nil {
			logs = append(logs, m.Log)
		}
	}
	return logs
}
