package protocol

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestError(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "message", (&Error{Message: "message", Cause: io.EOF}).Error())
	assert.Equal(t, "EOF", (&Error{Cause: io.EOF}).Error())
	assert.Empty(t, (&Error{}).Error())
	require.ErrorIs(t, &Error{Message: "message", Cause: io.EOF}, io.EOF)
}

func TestErrorf(t *testing.T) {
	t.Parallel()
	e := Errorf(ConfigError, "the key %q is wrong: %w", "k", io.EOF)
	want := &Error{Type: ConfigError, Message: `the key "k" is wrong: EOF`, Cause: io.EOF}
	assert.Equal(t, want, e)

	e = Errorf(SystemError, "no operand")
	assert.Equal(t, &Error{Type: SystemError, Message: "no operand"}, e)

	e = Errorf(SystemError, "%w and %w", io.EOF, io.ErrClosedPipe)
	assert.Equal(t, "EOF and io: read/write on closed pipe", e.Message)
	require.ErrorIs(t, e, io.EOF)
	require.ErrorIs(t, e, io.ErrClosedPipe)
}

func TestAsError(t *testing.T) {
	t.Parallel()
	assert.Nil(t, AsError(nil))

	plain := errors.New("dial tcp: refused")
	e := AsError(plain)
	assert.Equal(t, SystemError, e.Type)
	assert.Equal(t, unexpectedMessage, e.Message)
	assert.Equal(t, "dial tcp: refused", e.Internal)
	require.ErrorIs(t, e, plain)

	e = AsError(fmt.Errorf("reading page 3: %w", context.DeadlineExceeded))
	assert.Equal(t, TransientError, e.Type)
	assert.Equal(t, timeoutMessage, e.Message)
	assert.Equal(t, "reading page 3: context deadline exceeded", e.Internal)
}

func TestAsErrorFindsAnError(t *testing.T) {
	t.Parallel()
	inner := Errorf(ConfigError, "The key is wrong.")
	inner.Stream = Descriptor{Name: "s"}
	inner.Cause = io.EOF
	e := AsError(inner)
	assert.Equal(t, inner, e)
	assert.NotSame(t, inner, e, "it may be modified")

	e = AsError(fmt.Errorf("slice 7: %w", inner))
	assert.Equal(t, "The key is wrong.", e.Message)
	assert.Equal(t, ConfigError, e.Type)
	assert.Equal(t, "s", e.Stream.Name)
	assert.Equal(t, "slice 7: The key is wrong.: EOF", e.Internal, "all texts, the cause's last")
	assert.Empty(t, inner.Internal, "the original stays as it is")

	inner.Internal = "key is wrong"
	e = AsError(fmt.Errorf("slice 7: the key is wrong: %w", inner))
	assert.Equal(t, "slice 7: the key is wrong: The key is wrong.", e.Internal, "nothing twice")

	// Of joined errors the first that knows more is taken.
	e = AsError(errors.Join(io.EOF, inner, Errorf(SystemError, "second")))
	assert.Equal(t, ConfigError, e.Type)
	assert.Contains(t, e.Internal, "second")

	// Also around a timeout the author's own word counts.
	e = AsError(Errorf(ConfigError, "too slow: %w", context.DeadlineExceeded))
	assert.Equal(t, ConfigError, e.Type)
}

// A function that returns a nil *Error as an error has not succeeded: the mistake is reported.
func TestAsErrorOfTypedNil(t *testing.T) {
	t.Parallel()
	var none *Error
	for _, err := range []error{none, fmt.Errorf("odd: %w", error(none))} {
		e := AsError(err)
		assert.Equal(t, SystemError, e.Type)
		assert.Contains(t, e.Internal, "nil *protocol.Error")
		assert.NotNil(t, e.Trace(time.Now()))
	}
}

func TestErrorTrace(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1_700_000_000_123)
	m := (&Error{
		Type: ConfigError, Message: "The key is wrong.", StackTrace: "at x",
		Stream: Descriptor{Name: "users", Namespace: "n"}, Cause: io.EOF,
	}).Trace(at)
	assert.Equal(t, `{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1700000000123,"error":{`+
		`"message":"The key is wrong.","internal_message":"EOF","stack_trace":"at x",`+
		`"failure_type":"config_error","stream_descriptor":{"name":"users","namespace":"n"}}}}`,
		line(t, m))

	m = (&Error{}).Trace(at)
	bare := &ErrorTrace{Message: unexpectedMessage, FailureType: SystemError}
	assert.Equal(t, bare, m.Trace.Error)

	m = (&Error{Cause: io.EOF}).Trace(at)
	assert.Equal(t, "EOF", m.Trace.Error.Message)
	m = (&Error{Message: "a", Internal: "b", Cause: io.EOF}).Trace(at)
	assert.Equal(t, "b", m.Trace.Error.InternalMessage)
}
