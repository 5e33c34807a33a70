package entry

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"syscall"

	"github.com/airbyte-go/cdk/protocol"
)

// The exit codes. The platform knows 0 and 143 and takes any other for a failure; 2 is what command
// lines usually answer to a wrong call.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitSignal = 128 // plus the number of the signal, as shells count
)

// Interrupted is the cause ([context.Cause]) of a context that a signal has ended. A test that
// cancels the context of [Run] with it gets what the signal would have done.
type Interrupted struct {
	Signal os.Signal
}

// Error says which signal it was.
func (i Interrupted) Error() string { return "stopped by " + i.name() }

// name is the one that people search for; the signal itself says "terminated" or "interrupt".
func (i Interrupted) name() string {
	switch i.Signal {
	case syscall.SIGTERM:
		return "SIGTERM"
	case os.Interrupt:
		return "SIGINT"
	default:
		return i.Signal.String()
	}
}

// code counts as shells do: 143 for SIGTERM, which the platform tolerates, and 130 for SIGINT.
func (i Interrupted) code() int {
	if number, ok := i.Signal.(syscall.Signal); ok {
		return exitSignal + int(number)
	}
	return exitFailed
}

// interruption returns the signal that ended the context, if one did.
func interruption(ctx context.Context) (Interrupted, bool) {
	return errors.AsType[Interrupted](context.Cause(ctx))
}

// brokenOutput is the cause of a context that ended because stdout cannot be written.
type brokenOutput struct{ error }

func (b brokenOutput) Error() string {
	return "Standard output cannot be written any more, so the connector stops: " +
		b.error.Error() + "."
}

func (b brokenOutput) Unwrap() error { return b.error }

// reported marks an error whose ERROR trace is out already.
type reported struct{ error }

func (r reported) Unwrap() error { return r.error }

// Reported marks the error of a verb whose ERROR traces, one per failed stream, are written
// already: the process then fails without a further trace. nil stays nil.
func Reported(err error) error {
	if err == nil {
		return nil
	}
	return reported{err}
}

func isReported(err error) bool {
	_, ok := errors.AsType[reported](err)
	return ok
}

// attempt runs the verb and turns a panic into an error, so that the platform and its user learn of
// it the way they learn of everything else.
func attempt(ctx context.Context, verb *Verb, c *Call) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = panicError(verb.Name, value)
		}
	}()
	return verb.Run(ctx, c)
}

// panicError must be called by the deferred function that recovered, while the stack still shows
// where the panic came from.
func panicError(verb string, value any) *protocol.Error {
	cause, _ := value.(error)
	return &protocol.Error{
		Type: protocol.SystemError,
		Message: fmt.Sprintf("Something went wrong in the connector during %s. "+
			"It is a defect of the connector; its logs say where.", verb),
		Internal:   fmt.Sprintf("panic: %v", value),
		StackTrace: string(debug.Stack()),
		Cause:      cause,
	}
}

// interruptedError is what the user reads when a signal ended the verb. What the verb said then is
// only a consequence.
func interruptedError(verb string, by Interrupted, err error) *protocol.Error {
	e := &protocol.Error{
		Type: protocol.TransientError,
		Message: fmt.Sprintf("Stopped by %s before %s was finished. Run it again to go on.",
			by.name(), verb),
		Internal: by.Error(),
		Cause:    by,
	}
	if err != nil {
		e.Internal += ": " + err.Error()
	}
	return e
}
