package sources

import (
	"sync/atomic"
	"time"
)

// heartbeatInterval is how often a stream that waits repeats its state. The platform counts nothing
// but records and states as signs of life, and stops a source that gives none for hours.
const heartbeatInterval = 10 * time.Minute

// heartbeat remembers when a stream last gave a sign of life, or began to wait.
type heartbeat struct{ last atomic.Int64 } // Unix nanoseconds; zero before the first wait

// due reports whether the next sign is due, once for each.
func (h *heartbeat) due(now time.Time) bool {
	last := h.last.Load()
	switch {
	case last == 0:
		h.last.CompareAndSwap(0, now.UnixNano())
		return false
	case now.Sub(time.Unix(0, last)) < heartbeatInterval:
		return false
	}
	return h.last.CompareAndSwap(last, now.UnixNano())
}

// beat is called while the stream waits, and now and then repeats its state, moved or not.
func (s *streamRun) beat() {
	if s.beats.due(time.Now()) {
		s.lastState(false)
	}
}
