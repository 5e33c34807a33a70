package http

import (
	"context"
	"time"

	"github.com/airbyte-go/cdk/internal/hook"
)

// signOfLife is how often a wait tells the engine that the stream is alive.
const signOfLife = time.Minute

// rest waits for d, or until ctx is done, and then returns its cause.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	ticker := time.NewTicker(signOfLife)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timer.C:
			return nil
		case <-ticker.C:
			hook.From(ctx).Progress()
		}
	}
}
