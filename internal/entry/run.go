package entry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// Run runs the program once and returns its exit code; see the package comment. It leaves the
// process alone: it reads no environment, catches no signal, sets no default logger and starts
// nothing that outlives it.
//
// It returns when the verb has returned, even where the context or stdout has ended before: what
// the verb does then is up to it. Run panics where the program's verbs contradict each other.
func Run(ctx context.Context, p Program, proc Process) int {
	p.Name = cmp.Or(p.Name, "connector")
	proc.Out = cmp.Or(proc.Out, io.Discard)
	proc.Err = cmp.Or(proc.Err, io.Discard)
	mask := new(Mask)
	stderr := &maskWriter{mask: mask, to: proc.Err}
	proc.Err = stderr
	s := session{
		program: p, process: proc, mask: mask,
		onLogger: func(*slog.Logger) {},
		onBroken: func() {},
	}
	code := s.run(ctx)
	// Nobody is left to hear that stderr fails.
	_ = stderr.Close()
	return code
}

// session is one run of a program. The functions let Main, which owns the process, do more than
// Run, which does not.
type session struct {
	program Program
	process Process // Err masks
	mask    *Mask
	debug   bool // as if --debug were given

	onLogger func(*slog.Logger) // called with the logger before the verb starts
	onBroken func()             // called when stdout cannot be written any more
}

// run returns the exit code. A failed write to stdout ends the context of the verb: whatever it
// would still do, nobody would learn of it.
func (s *session) run(parent context.Context) int {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	told := make(chan struct{})
	out := protocol.NewWriter(s.process.Out, protocol.WriterOptions{
		Mask: s.mask.String,
		OnError: func(err error) {
			// The verb is told first: stderr may be slow, or as stuck as stdout.
			defer close(told)
			cancel(brokenOutput{err})
			s.onBroken()
			s.say("%v\n", brokenOutput{err})
		},
	})
	code := s.command(ctx, out)
	if out.Close() != nil { // the error is that of OnError, whose goroutine must not be left behind
		<-told
		code = max(code, exitFailed)
	}
	return code
}

// command reads the command line and does what it asks for. Help goes to stderr, like all that is
// for people: whoever reads stdout expects nothing but messages.
func (s *session) command(ctx context.Context, out *protocol.Writer) int {
	spec := sync.OnceValues(s.program.Spec)
	verbs := append([]Verb{specVerb(spec)}, s.program.Verbs...)
	mustBeSound(verbs)
	args, err := parse(verbs, s.process.Args)
	switch {
	case args.help:
		s.say("%s", usage(s.program, verbs, args.verb, ""))
		return exitDone
	case err != nil:
		return s.misused(out, usage(s.program, verbs, args.verb, err.Error()), err)
	}
	call := &Call{
		Verb: args.verb.Name, In: s.process.In, Out: out, Mask: s.mask,
		values: args.values,
		Log:    newLogger(out, s.debug || args.values["debug"] == "true"),
	}
	call.config = sync.OnceValues(configReader{call, spec, s.program.Migrate}.read)
	s.onLogger(call.Log)
	err = attempt(ctx, args.verb, call)
	if wrong, ok := errors.AsType[usageError](err); ok {
		return s.misused(out, usage(s.program, verbs, args.verb, wrong.Error()), wrong)
	}
	return s.conclude(ctx, call, err)
}

// misused answers a mistake on the command line, for a person and for the platform. The failure is
// no config_error: a user of the platform cannot mend the way it calls a connector.
func (s *session) misused(out *protocol.Writer, usage string, err error) int {
	s.say("%s", usage)
	s.trace(out, protocol.Errorf(protocol.SystemError, "%w", err))
	return exitUsage
}

// conclude turns what the verb returned into a trace, where one is due, and the exit code. After a
// signal the code tells of it even when the verb returned no error: many return nil when their
// context ends, whether or not they were done. The platform tolerates 143 when it was the one that
// asked to stop.
func (s *session) conclude(ctx context.Context, c *Call, err error) int {
	code := exitDone
	if err != nil {
		code = exitFailed
	}
	cause := protocol.AsError(err)
	if by, ok := interruption(ctx); ok {
		code = by.code()
		cause = interruptedError(c.Verb, by, err)
	}
	if cause != nil && !isReported(err) {
		s.trace(c.Out, cause)
	}
	return code
}

// trace writes an ERROR trace. Where that fails, closing the writer fails too and run says so.
func (s *session) trace(out *protocol.Writer, e *protocol.Error) {
	_ = out.Write(e.Trace(time.Now()))
}

// say writes to people. There is no one to tell when that fails.
func (s *session) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.process.Err, format, args...)
}
