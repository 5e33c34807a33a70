package sources

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// graceAfterStop is how long code that was told to stop may take to return.
const graceAfterStop = 10 * time.Second

// flight is the goroutines of a pass.
type flight struct{ wg sync.WaitGroup }

// start runs f in a goroutine.
func (f *flight) start(run func()) { f.wg.Go(run) }

// landed waits until all goroutines have ended. It returns false when some go on although ctx has
// been done for a while: nothing can end a goroutine but its own code.
func (f *flight) landed(ctx context.Context) bool {
	ended := make(chan struct{})
	go func() { f.wg.Wait(); close(ended) }()
	select {
	case <-ended:
		return true
	case <-ctx.Done():
	}
	grace := time.NewTimer(graceAfterStop)
	defer grace.Stop()
	select {
	case <-ended:
		return true
	case <-grace.C:
		return false
	}
}

// activity tells the watchdog that a pass is alive. It is safe for concurrent use.
type activity struct {
	count atomic.Int64
	until atomic.Int64 // Unix nanoseconds: before, the pass is known to wait
}

// happened notes any sign of life.
func (a *activity) happened() { a.count.Add(1) }

// waits notes that nothing is to be expected before a time.
func (a *activity) waits(until time.Time) {
	a.happened()
	if !until.IsZero() {
		a.until.Store(until.UnixNano())
	}
}
