package platform

import (
	"context"
	"fmt"
	"time"
)

// The platform's bounds on retries (C.4).
const (
	mostCompleteInRow = 5
	mostComplete      = 10
	mostPartialInRow  = 1000
	mostPartial       = 20

	firstBackoff = 10 * time.Second
	lastBackoff  = 30 * time.Minute
	backoffBase  = 3
)

// retries counts failed attempts.
type retries struct {
	complete, completeInRow int
	partial, partialInRow   int
}

// next counts a failure and says how long to wait for the next attempt; more is false where the
// platform gives up.
func (r *retries) next(partial bool, backoff func(int) time.Duration) (time.Duration, bool) {
	if backoff == nil {
		backoff = Backoff
	}
	if partial {
		r.partial++
		r.partialInRow++
		r.completeInRow = 0
		return 0, r.partial < mostPartial && r.partialInRow < mostPartialInRow
	}
	r.complete++
	r.completeInRow++
	r.partialInRow = 0
	return backoff(r.completeInRow), r.complete < mostComplete &&
		r.completeInRow < mostCompleteInRow
}

func (r *retries) why() string {
	return fmt.Sprintf("%d attempts committed nothing, %d of them in a row, and %d a part",
		r.complete, r.completeInRow, r.partial)
}

// Backoff is the platform's wait after a number of complete failures in a row: 10 s, 30 s, 90 s and
// so on, up to 30 min. After a partial failure there is none.
func Backoff(complete int) time.Duration {
	wait := firstBackoff
	for range complete - 1 {
		if wait *= backoffBase; wait > lastBackoff {
			return lastBackoff
		}
	}
	return wait
}

// pause waits and reports whether it was left alone.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}
