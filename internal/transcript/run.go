// Package transcript holds what a connector wrote during one run, line by line, and the rules that
// every run must keep, whatever the connector is and whoever started it.
package transcript

import (
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// Run is one run of a connector.
type Run struct {
	Verb     string
	Code     int    // the exit code
	Stderr   string // what was written for people
	Texts    []string
	Lines    []Line
	Messages []*protocol.Message // all of them, in order

	// Of each answer the first, as the platform keeps it.
	Spec             *protocol.ConnectorSpecification
	ConnectionStatus *protocol.ConnectionStatus
	Catalog          *protocol.Catalog

	// What the run was asked for.
	Asked  []protocol.Descriptor // the streams of the catalog; nil: not known
	Before []byte                // the state from which it started; may be nil
}

// Line is one line of standard output.
type Line struct {
	Number  int               // from 1
	Message *protocol.Message // nil: it is none
	Err     error             // why it is none
}

// Parse reads what a connector has written to standard output.
func Parse(verb, stdout string) *Run {
	r := &Run{Verb: verb}
	for text := range strings.Lines(stdout) {
		text = strings.TrimSuffix(text, "\n")
		r.Texts = append(r.Texts, text)
		m, err := protocol.Parse([]byte(text))
		r.Lines = append(r.Lines, Line{len(r.Texts), m, err})
		if err == nil {
			r.Messages = append(r.Messages, m)
			r.keep(m)
		}
	}
	return r
}

// keep keeps the first answer to a verb.
func (r *Run) keep(m *protocol.Message) {
	switch {
	case m.Spec != nil && r.Spec == nil:
		r.Spec = m.Spec
	case m.ConnectionStatus != nil && r.ConnectionStatus == nil:
		r.ConnectionStatus = m.ConnectionStatus
	case m.Catalog != nil && r.Catalog == nil:
		r.Catalog = m.Catalog
	}
}

// Errors are the ERROR traces, in order.
func (r *Run) Errors() (traces []*protocol.ErrorTrace) {
	for _, m := range r.Messages {
		if e := ErrorOf(m); e != nil {
			traces = append(traces, e)
		}
	}
	return traces
}

// Excuse is what a run says about its failure, without a full stop.
func (r *Run) Excuse() string {
	var said []string
	for _, e := range r.Errors() {
		said = append(said, e.Message)
	}
	if len(said) == 0 {
		return "it does not say why"
	}
	return strings.TrimSuffix(strings.Join(said, " | "), ".")
}
