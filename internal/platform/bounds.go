package platform

import (
	"context"
	"fmt"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// The platform's bounds (C.1, C.4).
const (
	// codeGrace is how long the exit code may be missing after the output has ended (A.9).
	codeGrace = 10 * time.Second

	defaultGrace     = time.Minute
	defaultHeartbeat = 3 * time.Hour
	// defaultDestinationTimeout is that of the flags that are shipped; the code says 2 h.
	defaultDestinationTimeout = 24 * time.Hour

	looksIn = 100 // looks within the shortest bound
	mostIn  = 10 * time.Second
)

// exitOf waits for the end of a connector whose output has ended, and reaps it; late says that it
// had to be ended. A source gets a short time to leave its exit code behind; a destination its
// grace, then SIGTERM and the grace again (A.9, C.1).
func (a *attempt) exitOf(r Running, grace time.Duration, gently bool) (code int, late bool) {
	ended := make(chan int, 1)
	go func() { ended <- r.Wait() }()
	if n, ok := within(ended, grace); ok {
		return n, false
	}
	if gently {
		r.Stop()
		if n, ok := within(ended, grace); ok {
			return n, true
		}
	}
	r.Kill()
	<-ended
	return lostCode, true
}

// within waits for a value, but not for ever.
func within[T any](c <-chan T, bound time.Duration) (value T, ok bool) {
	timer := time.NewTimer(bound)
	defer timer.Stop()
	select {
	case value = <-c:
		return value, true
	case <-timer.C:
		return value, false
	}
}

// outwait bounds the destination's end after its input has ended: by the destination timeout where
// there is work for it to finish, by the grace where there is not or the sync is cancelled. Then it
// is told to end, and after the grace it is killed (C.1, C.4).
func (a *attempt) outwait(ctx context.Context, good bool, end <-chan struct{}) {
	limit := a.sync.destinationTimeout()
	if good {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		select {
		case <-end:
			return
		case <-timer.C:
			a.gaveUp.Store(true)
			a.failure(Destination, protocol.TransientError, fmt.Errorf(
				"the destination did not end within %v after its input had ended", limit))
		case <-ctx.Done():
			good = false
		}
	}
	if !good {
		if _, ended := within(end, a.sync.grace()); ended {
			return
		}
	}
	a.destination.Stop()
	if _, ended := within(end, a.sync.grace()); !ended {
		a.killed()
		a.destination.Kill()
	}
}

// killed says that the platform had to kill the destination, unless there is a reason already: its
// exit code alone would look as if memory had run out.
func (a *attempt) killed() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.accused(Destination) {
		a.addFailure(Failure{
			Origin: Destination, Type: protocol.TransientError, At: time.Now(),
			Message: fmt.Sprintf("the destination did not end within %v after SIGTERM and was "+
				"killed", a.sync.grace()),
		})
	}
}

// watch ends an attempt whose source is silent for too long, or whose destination takes nothing for
// too long. Only RECORD and STATE are signs of life (C.4). The flag file of the platform only logs
// a silent source, and its documents say that the sync fails; the harder of the two is played.
func (a *attempt) watch(end <-chan struct{}) {
	shortest := min(a.sync.heartbeat(), a.sync.destinationTimeout(), a.sync.grace())
	tick := time.NewTicker(min(max(shortest/looksIn, time.Millisecond), mostIn))
	defer tick.Stop()
	for {
		select {
		case <-end:
			return
		case <-tick.C:
		}
		if !a.look(time.Now()) {
			return
		}
	}
}

// look reports whether there is anything left to watch.
func (a *attempt) look(now time.Time) bool {
	blocked, hurried := a.blocked.Load(), a.hurried.Load()
	timeout, heartbeat := a.sync.destinationTimeout(), a.sync.heartbeat()
	switch {
	case blocked != 0 && passed(now, blocked, timeout):
		a.failure(Destination, protocol.TransientError,
			fmt.Errorf("the destination has taken no input for %v", timeout))
		a.giveUp()
		a.destination.Kill()
		return false
	case blocked != 0 && hurried != 0 && passed(now, max(blocked, hurried), a.sync.grace()):
		// Whoever stops a sync does not want to wait for a destination that hangs.
		a.failure(Destination, protocol.TransientError, fmt.Errorf("the destination has taken no "+
			"input for %v after the sync was to stop", a.sync.grace()))
		a.destination.Kill()
		return false
	case blocked == 0 && hurried == 0 && !a.hasEnded() &&
		passed(now, a.lastBeat.Load(), heartbeat):
		a.failure(Source, protocol.TransientError, fmt.Errorf("the source has written neither "+
			"a record nor a state for %v", heartbeat))
		a.giveUp()
	}
	return true
}

// passed tells whether more time than a bound has passed since a moment in ns.
func passed(now time.Time, since int64, bound time.Duration) bool {
	return now.Sub(time.Unix(0, since)) > bound
}

// hasEnded tells whether the source has.
func (a *attempt) hasEnded() bool {
	select {
	case <-a.ended:
		return true
	default:
		return false
	}
}

// giveUp fails the attempt and stops the source.
func (a *attempt) giveUp() {
	a.gaveUp.Store(true)
	a.stopSource()
}

// stopSource asks the source to end, once, and ends it after the grace. A source that has ended
// already still hurries the destination.
func (a *attempt) stopSource() {
	a.stopping.Do(func() {
		a.hurried.Store(time.Now().UnixNano())
		if a.hasEnded() {
			return
		}
		a.stopped.Store(true)
		a.source.Stop()
		a.patience.Go(func() {
			if _, ended := within(a.ended, a.sync.grace()); !ended {
				a.source.Kill()
			}
		})
	})
}
