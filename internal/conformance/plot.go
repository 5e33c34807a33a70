package conformance

import (
	"fmt"
	"strings"

	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/protocol"
)

// plot is a sync as a check tells it.
type plot struct {
	streams  []stream
	sayings  []saying
	fails    int    // see script
	cuts     int    // the input of the first attempt ends within this record; 0: it does not
	attempts int    // at most; 0: one
	again    func() // between the attempts
	// acked is called for each state that comes back, before the platform sees it, and while the
	// destination gets no input.
	acked func(st *protocol.State)
}

// String says what is sent, for somebody who reads of a failure.
func (p *plot) String() string {
	const enough = 12
	var texts []string
	for _, one := range p.sayings[:min(len(p.sayings), enough)] {
		texts = append(texts, one.String())
	}
	if more := len(p.sayings) - len(texts); more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	first := p.streams[0]
	text := fmt.Sprintf("%s, %s: %s", first.SyncMode, first.DestinationSyncMode,
		strings.Join(texts, ", "))
	switch {
	case p.fails > 0:
		text += fmt.Sprintf("; in the first attempt the source fails behind %d of these", p.fails)
	case p.cuts > 0:
		text += fmt.Sprintf("; in the first attempt the input ends within record %d", p.cuts)
	}
	return text
}

func (s saying) String() string {
	switch {
	case s.data != "":
		return fmt.Sprintf("RECORD %s %s", s.stream, transcript.Clip(s.data))
	case s.global:
		return "GLOBAL STATE"
	}
	return fmt.Sprintf("STATE %s", s.stream)
}
