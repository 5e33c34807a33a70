package cdktest

import (
	"encoding/json"
	"testing"

	"github.com/airbyte-go/cdk/internal/transcript"
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

	run *transcript.Run
}

func newResult(run *transcript.Run) *Result {
	return &Result{
		Code: run.Code, Spec: run.Spec, ConnectionStatus: run.ConnectionStatus,
		Catalog: run.Catalog, Messages: run.Messages, Lines: run.Texts, Stderr: run.Stderr,
		run: run,
	}
}

// judge fails the test with every breach in the whole of a run.
func judge(t testing.TB, run *transcript.Run) *Result {
	t.Helper()
	for _, sentence := range run.Breaches(transcript.LineRules, transcript.EndRules) {
		t.Errorf("%s: %s", run.Verb, sentence)
	}
	if run.Code != 0 {
		t.Logf("%s ended with exit code %d: %s", run.Verb, run.Code, run.Excuse())
	}
	return newResult(run)
}

// LastState is the state that the next sync gets, as the platform keeps it: a JSON array with the
// newest STREAM state of each stream, in the order of their names, or with the newest GLOBAL
// state. A stream that has written none in this run keeps the one it started from. Where there is
// none at all it is an empty array.
func (r *Result) LastState() json.RawMessage { return r.run.LastState() }

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
		if s := transcript.StatusOf(m); s != nil && isNamed(s.Descriptor, stream) {
			statuses = append(statuses, s.Status)
		}
	}
	return statuses
}

// Errors returns the ERROR traces, in order.
func (r *Result) Errors() []*protocol.ErrorTrace { return r.run.Errors() }

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
