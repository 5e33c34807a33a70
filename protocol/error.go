package protocol

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The messages for errors that carry none of their own.
const (
	unexpectedMessage = "The connector stopped on an error it did not expect; its log says more."
	timeoutMessage    = "The connector waited longer than it may; a later sync can succeed."
)

// Error is a failure with what the platform needs to show it and to decide about a retry. It
// becomes one ERROR trace. Connectors return it where they know more than the plain error says,
// mostly that the user must change the config; every other error counts as a [SystemError].
type Error struct {
	Type       FailureType // empty counts as SystemError
	Message    string      // for the user: what is wrong, where, what to do
	Internal   string      // for the maintainer; empty: the text of Cause
	StackTrace string      // where it happened; mostly empty
	Stream     Descriptor  // the stream that failed; zero: none in particular
	Cause      error       // may be nil
}

// Error returns the message, and the text of the cause when there is no message.
func (e *Error) Error() string {
	if e == nil {
		return "a nil *protocol.Error was returned as an error"
	}
	if e.Message == "" && e.Cause != nil {
		return e.Cause.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Cause
}

// Errorf returns an error whose message is formatted as by [fmt.Errorf]. An error given for %w
// becomes the cause, and its text stays in the message, so the user reads it.
func Errorf(t FailureType, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	e := &Error{Type: t, Message: err.Error(), Cause: errors.Unwrap(err)}
	if _, several := err.(interface{ Unwrap() []error }); several {
		e.Cause = err
	}
	return e
}

// AsError returns err as an *Error that may be modified, nil for nil. It copies the first *Error
// that err wraps; what the wrapping errors say is put into Internal. An error without one becomes
// a [SystemError] with a general message and its text as Internal, or a [TransientError] when a
// deadline passed.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	if found, ok := errors.AsType[*Error](err); ok && found != nil {
		return found.within(err)
	}
	e := &Error{Type: SystemError, Message: unexpectedMessage, Internal: err.Error(), Cause: err}
	if errors.Is(err, context.DeadlineExceeded) {
		e.Type, e.Message = TransientError, timeoutMessage
	}
	return e
}

// within returns a copy of e for which the text of outer, an error that wraps e, is not lost.
func (e *Error) within(outer error) *Error {
	c := *e
	if errors.Is(e, outer) { // nothing but e itself both wraps and is wrapped by e
		return &c
	}
	c.Internal = outer.Error()
	if detail := e.internal(); !strings.Contains(c.Internal, detail) {
		c.Internal += ": " + detail
	}
	return &c
}

// internal returns the text for the maintainer.
func (e *Error) internal() string {
	if e.Internal == "" && e.Cause != nil {
		return e.Cause.Error()
	}
	return e.Internal
}

// Trace returns the ERROR trace of e, emitted at the given time.
func (e *Error) Trace(at time.Time) *Message {
	t := &ErrorTrace{
		Message:         e.Error(),
		InternalMessage: e.internal(),
		StackTrace:      e.StackTrace,
		FailureType:     e.Type,
	}
	if t.Message == "" {
		t.Message = unexpectedMessage
	}
	if t.FailureType == "" {
		t.FailureType = SystemError
	}
	if e.Stream != (Descriptor{}) {
		d := e.Stream
		t.Descriptor = &d
	}
	return &Message{
		Type:  MessageTrace,
		Trace: &Trace{Type: TraceError, EmittedAt: at.UnixMilli(), Error: t},
	}
}
