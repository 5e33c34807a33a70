package syncview

import (
	"time"

	"github.com/airbyte-go/cdk/internal/platform"
)

// Over which time a rate is taken, and how far the samples of it lie apart at least.
const (
	paceWindow = 5 * time.Second
	paceStep   = 200 * time.Millisecond
)

// Pace knows how fast records come, by the reports of the last seconds. Its zero value has seen
// none.
type Pace struct{ samples []sample }

type sample struct {
	at      time.Time
	streams []int64
	total   int64
}

// Add adds a report of a moment.
func (p *Pace) Add(r *platform.Report, at time.Time) {
	if n := len(p.samples); n > 1 && at.Sub(p.samples[n-2].at) < paceStep {
		p.samples = p.samples[:n-1] // the last one is replaced
	}
	s := sample{at: at, streams: make([]int64, len(r.Streams))}
	for i := range r.Streams {
		s.streams[i] = r.Streams[i].Records
		s.total += r.Streams[i].Records
	}
	p.samples = append(p.samples, s)
	for len(p.samples) > 2 && at.Sub(p.samples[1].at) >= paceWindow {
		p.samples = p.samples[1:]
	}
}

// stream is the number of records a second of the stream in a place of the report.
func (p *Pace) stream(i int) float64 {
	return p.of(func(s sample) int64 {
		if i < len(s.streams) {
			return s.streams[i]
		}
		return 0
	})
}

// all is the number of records a second of all streams.
func (p *Pace) all() float64 { return p.of(func(s sample) int64 { return s.total }) }

func (p *Pace) of(count func(sample) int64) float64 {
	if len(p.samples) == 0 {
		return 0
	}
	first, last := p.samples[0], p.samples[len(p.samples)-1]
	took := last.at.Sub(first.at).Seconds()
	if took <= 0 {
		return 0
	}
	return float64(count(last)-count(first)) / took
}
