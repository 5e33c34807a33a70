package main

import (
	"context"
	"errors"
	"os"
	"syscall"
)

// interrupted is the cause of a context that a signal has ended.
type interrupted struct{ signal os.Signal }

func (i interrupted) Error() string {
	if i.signal == syscall.SIGTERM {
		return "interrupted by SIGTERM"
	}
	return "interrupted by SIGINT"
}

// code is the exit code, as a shell shows it.
func (i interrupted) code() int {
	const exitInterrupted, exitTerminated = 130, 143
	if i.signal == syscall.SIGTERM {
		return exitTerminated
	}
	return exitInterrupted
}

// untilSignal returns a context that the first SIGINT or SIGTERM ends, with an [interrupted] for
// its cause. Those after it do nothing, for what runs ends within a bound of its own.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	stops := newStops(cancel)
	return ctx, func() {
		stops.close()
		cancel(nil)
	}
}

// failureCode is the exit code of work that has failed: that of the signal where one has ended it.
func failureCode(ctx context.Context) int {
	if by, ok := errors.AsType[interrupted](context.Cause(ctx)); ok {
		return by.code()
	}
	return exitFailed
}
