package sources

import (
	"sync/atomic"
	"time"
)

// pace bounds how often a stream writes its state: the first at once, then at most one an interval.
// The last state of a stream does not ask. Reading it is safe for concurrent use.
type pace struct {
	interval time.Duration
	next     atomic.Int64 // Unix nanoseconds; zero before the first state
}

// due reports whether a state may be written now.
func (p *pace) due(now time.Time) bool { return now.UnixNano() >= p.next.Load() }

// hurry makes the next state due at once.
func (p *pace) hurry() { p.next.Store(0) }

// wrote notes that a state was written.
func (p *pace) wrote(now time.Time) { p.next.Store(now.Add(p.interval).UnixNano()) }
