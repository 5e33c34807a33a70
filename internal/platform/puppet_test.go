package platform_test

import (
	"bufio"
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// puppet is a connector whose every move is the test's: unlike a function it can close its output
// and go on, and end although nobody may end it.
type puppet struct {
	act func(p *puppet) (code int)

	call    platform.Call
	in      *io.PipeReader
	out     *io.PipeWriter
	lines   *bufio.Scanner // of the input
	stopped chan time.Time
	killed  chan time.Time
	calls   []platform.Call
	ends    []time.Time // when it was told to end, by whatever
	mu      sync.Mutex
	saves   func() int // how often states were stored; where a test needs it
}

var _ platform.Connector = (*puppet)(nil)

func (p *puppet) Start(_ context.Context, c platform.Call) (platform.Running, error) {
	r := &run{puppet: p, code: make(chan int, 1)}
	p.call, p.calls = c, append(p.calls, c)
	p.stopped, p.killed = make(chan time.Time, 10), make(chan time.Time, 10)
	var out *io.PipeReader
	out, p.out = io.Pipe()
	r.output = out
	p.in, r.input = io.Pipe()
	p.lines = bufio.NewScanner(p.in)
	go func() {
		code := p.act(p)
		r.close()
		r.code <- code
	}()
	return r, nil
}

// run is one run of a puppet.
type run struct {
	*puppet

	input  *io.PipeWriter
	output *io.PipeReader
	code   chan int
}

func (r *run) Input() io.WriteCloser { return r.input }
func (r *run) Output() io.Reader     { return r.output }
func (r *run) Wait() int             { return <-r.code }

func (r *run) Stop() { r.told(r.stopped) }
func (r *run) Kill() { r.close(); r.told(r.killed) }

func (r *run) told(how chan time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ends = append(r.ends, time.Now())
	how <- time.Now()
}

func (r *run) close() {
	_ = r.in.Close()
	_ = r.out.Close()
}

// say writes lines, as far as anyone reads them.
func (p *puppet) say(lines ...string) {
	for _, line := range lines {
		_, _ = io.WriteString(p.out, line+"\n")
	}
}

// echo writes states back until the input ends.
func (p *puppet) echo() {
	for n := 0; p.lines.Scan(); {
		m, err := protocol.Parse(p.lines.Bytes())
		switch {
		case err != nil:
		case m.Record != nil:
			n++
		case m.State != nil:
			m.State.DestinationStats = &protocol.StateStats{RecordCount: new(protocol.Count(n))}
			n = 0
			text, _ := m.MarshalJSON()
			p.say(string(text))
		}
	}
}

// echoes is a destination that does its duty.
func echoes(p *puppet) int {
	p.echo()
	return 0
}

// untilKilled ends only with SIGKILL.
func untilKilled(p *puppet) int {
	<-p.killed
	return 137
}

// untilStopped ends as connectors should at SIGTERM.
func untilStopped(p *puppet) int {
	<-p.stopped
	return 143
}

// says is a source that writes lines and ends well.
func says(lines ...string) func(*puppet) int {
	return func(p *puppet) int {
		p.say(lines...)
		return 0
	}
}

// stage is a sync of two puppets in a bubble of virtual time, in which no goroutine may be left when
// the test ends.
type stage struct {
	source, destination *puppet
	sync                *platform.Sync
	shelf               *shelf
	begun               time.Time
	report              *platform.Report
}

func newStage(source, destination func(*puppet) int) *stage {
	s := &stage{
		source: &puppet{act: source}, destination: &puppet{act: destination}, shelf: new(shelf),
		begun: time.Now(),
	}
	s.sync = &platform.Sync{
		Source: s.source, Destination: s.destination, Catalog: appending(), Store: s.shelf,
	}
	return s
}

// run syncs and expects an outcome and how long it takes.
func (s *stage) run(
	ctx context.Context, t *testing.T, want platform.Outcome, took time.Duration,
) *platform.Report {
	t.Helper()
	var err error
	s.report, err = s.sync.Run(ctx)
	require.NoError(t, err)
	assert.Equal(t, want, s.report.Outcome, "%+v", s.report.Attempts)
	assert.Equal(t, took, time.Since(s.begun))
	return s.report
}

// failures are the messages of the last attempt.
func (s *stage) failures() (messages []string) {
	for _, f := range s.report.Attempts[len(s.report.Attempts)-1].Failures {
		messages = append(messages, string(f.Origin)+": "+f.Message)
	}
	return messages
}

// told is when a connector was told to end, from the beginning on.
func (s *stage) told(p *puppet) (after []time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, at := range p.ends {
		after = append(after, at.Sub(s.begun))
	}
	return after
}
