package platform

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// mostFindings is how many different findings are kept. Their texts hold no numbers of lines or
// records, so that a defect that every record shows is one finding.
const mostFindings = 100

// board is where a sync writes down what it sees. Everything is under its lock.
type board struct {
	mu      sync.Mutex
	report  Report
	reports map[protocol.Descriptor]*StreamReport // into report.Streams
}

// open prepares the board for the streams of a catalog.
func (b *board) open(c *protocol.ConfiguredCatalog, m *Memory) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.report = Report{
		SyncID: m.SyncID, Begun: time.Now(), Attempts: []AttemptReport{}, Findings: []Finding{},
		Streams: make([]StreamReport, len(c.Streams)),
	}
	b.reports = map[protocol.Descriptor]*StreamReport{}
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
	for i := range b.report.Findings {
		if f := &b.report.Findings[i]; f.Text == text && f.Origin == origin {
			f.Count++
			return
		}
	}
	if len(b.report.Findings) < mostFindings {
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
