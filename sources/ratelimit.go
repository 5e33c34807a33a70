package sources

import (
	"context"
	"time"

	"github.com/airbyte-go/cdk/internal/hook"
)

// RateLimited tells the platform that the stream which reads under ctx waits for its API's quota,
// which comes back at until; a zero time means that the API did not say. The platform shows it
// until the next record. Streams of package http do it by themselves. Outside of a read it does
// nothing. It is safe for concurrent use.
func RateLimited(ctx context.Context, until time.Time) { hook.From(ctx).RateLimited(until) }
