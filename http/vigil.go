package http

import (
	"context"
	"sync"
	"time"
)

// vigil ends an attempt of which one wait takes too long. One timer serves all its waits, since to
// set one for each read of a body would wake the scheduler each time.
type vigil struct {
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	timer *time.Timer
	due   time.Time     // when the timer fires; zero: never
	since time.Time     // when the current wait began; zero: nobody waits
	limit time.Duration // of the current wait; negative: none
	why   error         // the cause with which it is cut off
}

// begin starts a wait.
func (v *vigil) begin(limit time.Duration, why error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.since, v.limit, v.why = time.Now(), limit, why
	if limit >= 0 && (v.due.IsZero() || v.due.After(v.since.Add(limit))) {
		v.set(limit)
	}
}

// end ends it and returns how long it took. The timer stays: mostly the next wait begins soon.
func (v *vigil) end() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	took := time.Since(v.since)
	v.since = time.Time{}
	return took
}

// set makes the timer fire after d.
func (v *vigil) set(d time.Duration) {
	v.due = time.Now().Add(d)
	if v.timer == nil {
		v.timer = time.AfterFunc(d, v.fire)
		return
	}
	v.timer.Reset(d)
}

// fire cuts off a wait that is too long, and comes again for one that is not yet.
func (v *vigil) fire() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.due = time.Time{}
	if v.since.IsZero() || v.limit < 0 {
		return
	}
	if left := v.limit - time.Since(v.since); left > 0 {
		v.set(left)
		return
	}
	v.cancel(v.why)
}

// stop ends the vigil.
func (v *vigil) stop() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.since = time.Time{}
	if v.timer != nil {
		v.timer.Stop()
	}
}
