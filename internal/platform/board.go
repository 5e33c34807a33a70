package platform

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// mostFindings is how many different findings are kept. A defect that every record or state shows
// is one finding: where a text holds numbers, it is that of the first time.
const mostFindings = 100

// board is where a sync writes down what it sees. Everything is under its lock.
type board struct {
	mu      sync.Mutex
	report  Report
	reports map[protocol.Descriptor]*StreamReport // into report.Streams
	known   map[findingKey]int                    // where findings are in report.Findings
}

// findingKey tells one defect from another.
type findingKey struct {
	origin Origin
	kind   string
}

// open prepares the board for the streams of a catalog.
func (b *board) open(c *protocol.ConfiguredCatalog, m *Memory) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.report = Report{
		SyncID: m.SyncID, Begun: time.Now(), Attempts: []AttemptReport{}, Findings: []Finding{},
		Streams: make([]StreamReport, len(c.Streams)),
	}
	b.reports, b.known = map[protocol.Descriptor]*StreamReport{}, map[findingKey]int{}
	for i := range c.Streams {
		s := &b.report.Streams[i]
		s.Stream = c.Streams[i].Stream.Descriptor()
		s.LastState = m.States.Of(s.Stream)
		b.reports[s.Stream] = s
	}
}

// snapshot copies the report.
func (b *board) snapshot() *Report {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.report
	r.Streams = slices.Clone(r.Streams)
	r.Attempts = slices.Clone(r.Attempts)
	r.Findings = slices.Clone(r.Findings)
	now := time.Now()
	if r.Outcome == "" && !r.Begun.IsZero() {
		r.Seconds = now.Sub(r.Begun).Seconds()
	}
	for i := range r.Streams {
		s := &r.Streams[i]
		if !s.attempt.began.IsZero() {
			s.Seconds += now.Sub(s.attempt.began).Seconds()
		}
	}
	return &r
}

// note notes a finding. It must be called under the lock.
func (b *board) note(origin Origin, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	b.noteFirst(text, origin, text)
}

// noteFirst notes a finding of a kind, with the text of its first time. It must be called under the
// lock.
func (b *board) noteFirst(kind string, origin Origin, text string) {
	key := findingKey{origin, kind}
	at, known := b.known[key]
	switch {
	case known:
		b.report.Findings[at].Count++
	case len(b.report.Findings) < mostFindings:
		b.known[key] = len(b.report.Findings)
		b.report.Findings = append(b.report.Findings, Finding{origin, text, 1})
	}
}

// found is note for those who do not hold the lock.
func (b *board) found(origin Origin, format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note(origin, format, args...)
}

// end writes down how the sync ended.
func (b *board) end(o Outcome) *Report {
	b.mu.Lock()
	b.report.Outcome = o
	b.report.Seconds = time.Since(b.report.Begun).Seconds()
	b.mu.Unlock()
	return b.snapshot()
}

// current is the attempt that runs. It must be called under the lock.
func (b *board) current() *AttemptReport {
	return &b.report.Attempts[len(b.report.Attempts)-1]
}
