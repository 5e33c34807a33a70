package entry

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// watchSignals makes SIGTERM and SIGINT end the context with the cause [Interrupted], and a second
// signal the process, for someone who does not want to wait. The platform sends SIGTERM.
//
// It also keeps SIGPIPE from killing the process when a write to stdout or stderr fails, which is
// what the Go runtime does by default; the write then returns an error like any other. SIGPIPE is
// caught and not ignored, because a process inherits what its parent ignores: the programs that a
// connector starts should still die of it.
func watchSignals(cancel context.CancelCauseFunc) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	stops := make(chan os.Signal, 2)
	signal.Notify(stops, os.Interrupt, syscall.SIGTERM)
	go obey(stops, cancel, os.Exit)
}

// obey handles two signals.
func obey(stops <-chan os.Signal, cancel context.CancelCauseFunc, exit func(code int)) {
	first := Interrupted{<-stops}
	cancel(first)
	<-stops
	exit(first.code())
}
