package sources

import (
	"sync/atomic"
	"time"
)

const (
	// largeState is the size from which on states are paced by their share of the traffic.
	largeState = 16 << 10
	// stateShare is how many times its own size of records stand behind a large state before the
	// next one, unless that takes too long.
	stateShare = 20
	// longestPace is the longest time between two states of a stream that moves.
	longestPace = 10 * time.Minute
)

// pace bounds how often a stream writes its state: the first at once, then at most one an interval,
// and large ones only as a small share of the records. The last state of a stream does not ask. It
// is safe for concurrent use.
type pace struct {
	interval time.Duration
	next     atomic.Int64 // Unix nanoseconds; zero before the first state
	latest   atomic.Int64 // from when on the traffic does not count
	traffic  atomic.Int64 // bytes of records that are still to be written
}

// due reports whether a state may be written now.
func (p *pace) due(now time.Time) bool {
	at := now.UnixNano()
	return at >= p.next.Load() && (p.traffic.Load() <= 0 || at >= p.latest.Load())
}

// count notes that records have been written.
func (p *pace) count(size int64) { p.traffic.Add(-size) }

// hurry makes the next state due at once.
func (p *pace) hurry() {
	p.next.Store(0)
	p.traffic.Store(0)
}

// wrote notes that a state of a size was written.
func (p *pace) wrote(now time.Time, size int) {
	p.next.Store(now.Add(p.interval).UnixNano())
	p.latest.Store(now.Add(max(p.interval, longestPace)).UnixNano())
	p.traffic.Store(0)
	if size >= largeState && p.interval > 0 {
		p.traffic.Store(stateShare * int64(size))
	}
}
