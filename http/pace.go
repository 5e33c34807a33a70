package http

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How an adaptive limit moves. It falls by a third where the control of congestion in networks
// halves: what is beyond the limit costs a refused request here and not a lost one, and most APIs
// count in windows that end soon.
const (
	paceCut   = 2.0 / 3
	paceFloor = 1.0 / 100  // of the top; slower never
	paceStep  = 1.0 / 100  // of the top, each second
	paceCreep = 1.0 / 1000 // of the top, each second near the rate that was refused
	paceNear  = 0.9        // of the rate that was refused
)

// pace finds the rate that an API allows: it cuts the rate at a refusal and raises it slowly.
type pace struct {
	top rate.Limit

	mu      sync.Mutex
	current rate.Limit
	ceiling rate.Limit // that was refused last
	cut     time.Time
	raised  time.Time
}

func newPace(top rate.Limit) *pace { return &pace{top: top, current: top, ceiling: top} }

// refused returns the rate after a refusal of an attempt that was sent at a time. Refusals of what
// was sent before the last cut are news of the same event.
func (p *pace) refused(sent, now time.Time) rate.Limit {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !sent.Before(p.cut) {
		p.ceiling = p.current
		p.current = max(p.current*paceCut, p.top*paceFloor)
		p.cut, p.raised = now, now
	}
	return p.current
}

// accepted returns the rate after a good answer.
func (p *pace) accepted(now time.Time) rate.Limit {
	p.mu.Lock()
	defer p.mu.Unlock()
	since := min(now.Sub(p.raised), time.Second) // a rest proves nothing
	p.raised = now
	step := rate.Limit(paceStep)
	if p.current > p.ceiling*paceNear {
		step = paceCreep
	}
	p.current = min(p.current+p.top*step*rate.Limit(since.Seconds()), p.top)
	return p.current
}
