// Package hook carries what a running engine offers to code that only has a context: an HTTP client
// or an authenticator has no Output, and must not import the engine that happens to call it.
package hook

import (
	"context"
	"log/slog"
	"time"
)

// Hooks is what the engine hands down. Its functions are safe for concurrent use and never nil in
// what [From] returns.
type Hooks struct {
	// Connector names the running connector, for User-Agent headers.
	Connector string
	// Log writes LOG messages.
	Log *slog.Logger
	// RateLimited tells the platform that the stream waits for its API; a zero time means that
	// the API did not say until when.
	RateLimited func(until time.Time)
	// Progress says that the stream is alive, though no record comes: a request was sent.
	Progress func()
}

type contextKey struct{}

// With returns a context from which [From] gets h. What h leaves out does nothing.
func With(ctx context.Context, h *Hooks) context.Context {
	if h.RateLimited == nil {
		h.RateLimited = func(time.Time) {}
	}
	if h.Progress == nil {
		h.Progress = func() {}
	}
	if h.Log == nil {
		h.Log = slog.New(slog.DiscardHandler)
	}
	return context.WithValue(ctx, contextKey{}, h)
}

// From returns the hooks of the engine that runs ctx, or hooks that do nothing.
func From(ctx context.Context) *Hooks {
	if h, ok := ctx.Value(contextKey{}).(*Hooks); ok {
		return h
	}
	return &Hooks{
		Connector: "connector", Log: slog.Default(),
		RateLimited: func(time.Time) {}, Progress: func() {},
	}
}
