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

// exitOf waits for the end of a connector whose output has ended, and reaps it. A source gets a
// short time to leave its exit code behind; a destination its grace, then SIGTERM and the grace
// again.
func (a *attempt) exitOf(r Running, grace time.Duration, gently bool) int {
	code := make(chan int, 1)
	go func() { code <- r.Wait() }()
	if n, ok := within(code, grace); ok {
		return n
	}
	if gently {
		r.Stop()
		if n, ok := within(code, grace); ok {
			return n
		}
	}
	r.Kill()
	<-code
	return lostCode
}

func within(code <-chan int, bound time.Duration) (int, bool) {
	timer := time.NewTimer(bound)
	defer timer.Stop()
	select {
	case n := <-code:
		return n, true
	case <-timer.C:
		return 0, false
	}
}

// bound bounds the destination's end after its input has ended: by the destination timeout where
// there is work for it to finish, otherwise by the grace (C.1, C.4). What it returns lifts the
// bound.
func (a *attempt) bound(good bool) (lift func()) {
	limit := a.sync.grace()
	if good {
		limit = a.sync.destinationTimeout()
	}
	kill := time.AfterFunc(limit+a.sync.grace(), a.destination.Kill)
	stop := time.AfterFunc(limit, func() {
		if good {
			a.gaveUp.Store(true)
			a.failure(Destination, protocol.TransientError, fmt.Errorf(
				"the destination did not end within %v after its input had ended", limit))
		}
		a.destination.Stop()
	})
	return func() { stop.Stop(); kill.Stop() }
}

// watch ends an attempt whose source is silent for too long, or whose destination takes nothing for
// too long. Only RECORD and STATE are signs of life (C.4). The flag file of the platform only logs
// a silent source, and its documents say that the sync fails; the harder of the two is played.
func (a *attempt) watch(ctx context.Context) {
	heartbeat, timeout := a.sync.heartbeat(), a.sync.destinationTimeout()
	tick := time.NewTicker(min(heartbeat/looksIn, timeout/looksIn, mostIn))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		since := a.blocked.Load()
		switch {
		case since != 0 && now.Sub(time.Unix(0, since)) > timeout:
			a.giveUp()
			a.failure(Destination, protocol.TransientError,
				fmt.Errorf("the destination has taken no input for %v", timeout))
			a.destination.Kill()
			return
		case since == 0 && !a.ended.Load() && now.Sub(time.Unix(0, a.lastBeat.Load())) > heartbeat:
			a.failure(Source, protocol.TransientError, fmt.Errorf("the source has written neither "+
				"a record nor a state for %v", heartbeat))
			a.giveUp()
			return
		}
	}
}

// giveUp fails the attempt and stops the source.
func (a *attempt) giveUp() {
	a.gaveUp.Store(true)
	a.stopSource()
}

// stopSource asks the source to end, and ends it after the grace.
func (a *attempt) stopSource() {
	if a.ended.Load() {
		return
	}
	a.stopped.Store(true)
	a.source.Stop()
	time.AfterFunc(a.sync.grace(), func() {
		if !a.ended.Load() {
			a.source.Kill()
		}
	})
}
