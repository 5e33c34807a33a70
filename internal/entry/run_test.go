package entry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/protocol"
)

// check runs the verb check with this body.
func check(t *testing.T, body func(ctx context.Context, c *entry.Call) error) result {
	t.Helper()
	return run(t, program(body), "check", "--config=c")
}

func TestVerbErrors(t *testing.T) {
	t.Parallel()
	known := &protocol.Error{
		Type: protocol.ConfigError, Message: "The key has expired.", Internal: "401",
		Stream: protocol.Descriptor{Name: "users"},
	}
	tests := map[string]struct {
		err  error
		want protocol.ErrorTrace
	}{
		"known": {known, protocol.ErrorTrace{
			FailureType: protocol.ConfigError,
			Message:     "The key has expired.", InternalMessage: "401",
			Descriptor: &protocol.Descriptor{Name: "users"},
		}},
		"wrapped": {fmt.Errorf("listing: %w", known), protocol.ErrorTrace{
			FailureType: protocol.ConfigError, Message: "The key has expired.",
			InternalMessage: "listing: The key has expired.: 401",
			Descriptor:      &protocol.Descriptor{Name: "users"},
		}},
		"unknown": {errors.New("EOF"), protocol.ErrorTrace{
			FailureType: protocol.SystemError, InternalMessage: "EOF",
			Message: protocol.AsError(errors.New("EOF")).Message,
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := check(t, func(context.Context, *entry.Call) error { return test.err })
			assert.Equal(t, 1, r.code)
			assert.Equal(t, &test.want, r.onlyError(t))
			assert.Empty(t, r.err)
		})
	}
}

func TestReportedErrorsAreNotReportedAgain(t *testing.T) {
	t.Parallel()
	r := check(t, func(context.Context, *entry.Call) error {
		return fmt.Errorf("2 streams failed: %w", entry.Reported(errors.New("EOF")))
	})
	assert.Equal(t, 1, r.code)
	assert.Empty(t, r.messages)
	assert.NoError(t, entry.Reported(nil))
	assert.ErrorIs(t, entry.Reported(io.EOF), io.EOF)
}

func TestVerbRefusesItsFlags(t *testing.T) {
	t.Parallel()
	r := check(t, func(context.Context, *entry.Call) error {
		return entry.Usagef("Flag --limit needs a number, not %q.", "ten")
	})
	assert.Equal(t, 2, r.code)
	assert.Equal(t, `Flag --limit needs a number, not "ten".`, r.onlyError(t).Message)
	assert.True(t, strings.HasPrefix(r.err, `Flag --limit needs a number, not "ten".`+"\n\nsource-test check: test it\n"))
	assert.ErrorIs(t, entry.Usagef("Bad: %w", io.EOF), io.EOF)
}

func TestPanics(t *testing.T) {
	t.Parallel()
	cause := errors.New("boom")
	for name, value := range map[string]any{"text": "boom", "error": cause} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := check(t, func(context.Context, *entry.Call) error { panic(value) })
			assert.Equal(t, 1, r.code)
			trace := r.onlyError(t)
			assert.Equal(t, protocol.SystemError, trace.FailureType)
			assert.Contains(t, trace.Message, "during check")
			assert.NotContains(t, trace.Message, "boom")
			assert.Equal(t, "panic: boom", trace.InternalMessage)
			assert.Contains(t, trace.StackTrace, "run_test.go", "the stack shows the place")
		})
	}
}

func TestPanicInMigrate(t *testing.T) {
	t.Parallel()
	r, _ := checkWith(t, `{}`, func([]byte) ([]byte, error) { panic("boom") })
	assert.Equal(t, 1, r.code)
	trace := r.onlyError(t)
	assert.Equal(t, "panic: boom", trace.InternalMessage)
	assert.Contains(t, trace.StackTrace, "config_test.go", "the stack shows the place")
}

func TestInterruption(t *testing.T) {
	t.Parallel()
	returnCause := func(ctx context.Context) error { return ctx.Err() }
	tests := map[string]struct {
		signal   os.Signal
		result   func(ctx context.Context) error
		code     int
		message  string // "" for no trace
		internal string
	}{
		"SIGTERM": {
			syscall.SIGTERM, returnCause, 143,
			"Stopped by SIGTERM before check was finished. Run it again to go on.",
			"stopped by SIGTERM: context canceled",
		},
		"SIGINT": {
			os.Interrupt, returnCause, 130,
			"Stopped by SIGINT before check was finished. Run it again to go on.",
			"stopped by SIGINT: context canceled",
		},
		"no error": {
			syscall.SIGTERM, func(context.Context) error { return nil }, 143,
			"Stopped by SIGTERM before check was finished. Run it again to go on.",
			"stopped by SIGTERM",
		},
		"reported": {
			syscall.SIGTERM,
			func(ctx context.Context) error { return entry.Reported(ctx.Err()) },
			143, "", "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			body := func(ctx context.Context, _ *entry.Call) error {
				cancel(entry.Interrupted{Signal: test.signal})
				<-ctx.Done()
				return test.result(ctx)
			}
			r := runIn(t, ctx, program(body), "check", "--config=c")
			assert.Equal(t, test.code, r.code)
			if test.message == "" {
				assert.Empty(t, r.messages)
				return
			}
			trace := r.onlyError(t)
			assert.Equal(t, protocol.TransientError, trace.FailureType)
			assert.Equal(t, test.message, trace.Message)
			assert.Equal(t, test.internal, trace.InternalMessage)
		})
	}
}

// TestCancelledByTheCaller is what a test does that cancels without naming a signal.
func TestCancelledByTheCaller(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	body := func(ctx context.Context, _ *entry.Call) error { return ctx.Err() }
	r := runIn(t, ctx, program(body), "check", "--config=c")
	assert.Equal(t, 1, r.code)
	assert.Equal(t, "context canceled", r.onlyError(t).InternalMessage)
}

// brokenPipe fails every write.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// TestBrokenOutput has a verb that waits for its context, which only the failed write can end.
func TestBrokenOutput(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		body := func(ctx context.Context, c *entry.Call) error {
			c.Log.Info("hello")
			<-ctx.Done()
			assert.ErrorIs(t, context.Cause(ctx), syscall.EPIPE)
			return nil
		}
		var stderr bytes.Buffer
		code := entry.Run(t.Context(), program(body), entry.Process{
			Args: []string{"check", "--config=c"}, Out: brokenPipe{}, Err: &stderr,
		})
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr.String(), "Standard output cannot be written any more")
		assert.Equal(t, 1, strings.Count(stderr.String(), "\n"), "one line")
	})
}

// TestBrokenOutputAtTheEnd has a verb that writes nothing, so that the trace is what cannot be
// written.
func TestBrokenOutputAtTheEnd(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]int{"spec": 1, "check --config=c": 1, "": 2} {
		body := func(context.Context, *entry.Call) error { return errors.New("no") }
		var stderr bytes.Buffer
		code := entry.Run(t.Context(), program(body), entry.Process{
			Args: strings.Fields(args), Out: brokenPipe{}, Err: &stderr,
		})
		assert.Equal(t, want, code, args)
		assert.Contains(t, stderr.String(), "Standard output cannot be written any more", args)
	}
}

func TestRunLeavesTheDefaultLoggerAlone(t *testing.T) {
	t.Parallel()
	before := slog.Default()
	check(t, func(context.Context, *entry.Call) error { return nil })
	assert.Same(t, before, slog.Default())
}

func TestDebugFlag(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]int{"--debug": 1, "--debug=false": 0} {
		p := program(func(_ context.Context, c *entry.Call) error {
			c.Log.Debug("detail")
			return nil
		})
		assert.Len(t, run(t, p, "check", "--config=c", flag).messages, want, flag)
	}
}

func TestCheckResult(t *testing.T) {
	t.Parallel()
	const wrong = "The key is wrong."
	user := protocol.Errorf(protocol.ConfigError, wrong)
	tests := map[string]struct {
		err  error
		want protocol.ConnectionStatus
	}{
		"nil": {nil, protocol.ConnectionStatus{Status: protocol.ConnectionSucceeded}},
		"user": {
			user, protocol.ConnectionStatus{Status: protocol.ConnectionFailed, Message: wrong},
		},
		"user, wrapped": {
			fmt.Errorf("checking: %w", user),
			protocol.ConnectionStatus{Status: protocol.ConnectionFailed, Message: wrong},
		},
		"only a cause": {
			&protocol.Error{Type: protocol.ConfigError, Cause: errors.New("no host")},
			protocol.ConnectionStatus{
				Status: protocol.ConnectionFailed, Message: "no host",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := check(t, func(_ context.Context, c *entry.Call) error {
				return entry.CheckResult(c, test.err)
			})
			assert.Equal(t, 0, r.code)
			require.Len(t, r.messages, 1)
			assert.Equal(t, protocol.MessageConnectionStatus, r.messages[0].Type)
			assert.Equal(t, &test.want, r.messages[0].ConnectionStatus)
		})
	}
}

func TestCheckResultOfADefect(t *testing.T) {
	t.Parallel()
	r := check(t, func(_ context.Context, c *entry.Call) error {
		return entry.CheckResult(c, errors.New("index out of range"))
	})
	assert.Equal(t, 1, r.code)
	assert.Equal(t, "index out of range", r.onlyError(t).InternalMessage)
}
