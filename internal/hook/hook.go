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
	// Progress says that the stream is alive though no record comes: a request was sent, or it
	// waits for a report. Whoever waits long calls it about once a minute.
	Progress func()
	// AddSecret hides credentials that came up at run time in all that is written from now on.
	AddSecret func(secrets ...string)
	// UpdateConfig replaces the value at a JSON pointer in the config and has the platform store
	// the whole of it; when it returns nil the message has left the process.
	UpdateConfig func(ctx context.Context, pointer string, value any) error
}

type contextKey struct{}

// With returns a context from which [From] gets h with what it leaves out taken from the hooks of
// ctx.
func With(ctx context.Context, h *Hooks) context.Context {
	outer := From(ctx)
	full := *h
	if full.Connector == "" {
		full.Connector = outer.Connector
	}
	if full.Log == nil {
		full.Log = outer.Log
	}
	if full.RateLimited == nil {
		full.RateLimited = outer.RateLimited
	}
	if full.Progress == nil {
		full.Progress = outer.Progress
	}
	if full.AddSecret == nil {
		full.AddSecret = outer.AddSecret
	}
	if full.UpdateConfig == nil {
		full.UpdateConfig = outer.UpdateConfig
	}
	return context.WithValue(ctx, contextKey{}, &full)
}

// From returns the hooks of the engine that runs ctx, or hooks that do nothing.
func From(ctx context.Context) *Hooks {
	if h, ok := ctx.Value(contextKey{}).(*Hooks); ok {
		return h
	}
	return &Hooks{
		Connector: "connector", Log: slog.Default(),
		RateLimited:  func(time.Time) {},
		Progress:     func() {},
		AddSecret:    func(...string) {},
		UpdateConfig: func(context.Context, string, any) error { return nil },
	}
}
