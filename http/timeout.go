package http

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// Timeouts bound how long an attempt waits for the API. It is an [Option] of [NewClient]. A field
// that is zero keeps its default; a negative one switches that timeout off.
//
// Only the time spent waiting for the API counts: neither the waits for the rate limit or a retry,
// nor the time in which the records of a large answer wait for the destination.
type Timeouts struct {
	// Connect bounds the look-up of the host and the connection to it. Defaults to 10 seconds.
	Connect time.Duration
	// TLS bounds the TLS handshake. Defaults to 10 seconds.
	TLS time.Duration
	// Header bounds the time from the start of an attempt to the header of its answer. Defaults to
	// 60 seconds.
	Header time.Duration
	// IdleBody bounds the time in which no byte of the body arrives. Defaults to 60 seconds.
	IdleBody time.Duration
	// Total bounds the arrival of the whole body. Defaults to 30 minutes.
	Total time.Duration
}

func (t Timeouts) apply(c *Client) { c.timeouts = t }

func (t Timeouts) withDefaults() Timeouts {
	return Timeouts{
		Connect:  cmp.Or(t.Connect, 10*time.Second),
		TLS:      cmp.Or(t.TLS, 10*time.Second),
		Header:   cmp.Or(t.Header, time.Minute),
		IdleBody: cmp.Or(t.IdleBody, time.Minute),
		Total:    cmp.Or(t.Total, 30*time.Minute),
	}
}

// unlessNegative returns t as net and net/http want it: zero is no timeout.
func unlessNegative(t time.Duration) time.Duration { return max(t, 0) }

// The causes with which an attempt is cancelled; what the user reads says how long it took.
var (
	errNoHeader = errors.New("no header in time")
	errStalled  = errors.New("no body in time")
)

// body is the body of an answer. Its Read gives up after the timeouts, and its errors say what
// happened to which request. Its Close ends the attempt.
type body struct {
	io.ReadCloser
	request  *nethttp.Request
	parent   context.Context // of the whole request
	attempt  context.Context // ends with parent, with Close or by a timeout
	vigil    *vigil
	timeouts Timeouts
	waited   time.Duration
	read     int64
}

// what names the request in messages.
func (b *body) what() string { return describe(b.request.Method, b.request.URL) }

// Read implements [io.Reader]. Only its own waits count: a caller may take its time between two
// calls.
func (b *body) Read(p []byte) (int, error) {
	b.vigil.begin(b.limit(), errStalled)
	n, err := b.ReadCloser.Read(p)
	b.waited += b.vigil.end()
	b.read += int64(n)
	if err == nil || err == io.EOF {
		return n, err
	}
	return n, b.explain(err)
}

// limit returns what is shorter: the idle timeout or what is left of the total.
func (b *body) limit() time.Duration {
	idle := b.timeouts.IdleBody
	if left := b.timeouts.Total - b.waited; b.timeouts.Total >= 0 && (idle < 0 || left < idle) {
		return max(left, 0)
	}
	return idle
}

// explain turns the error of a Read into a sentence.
func (b *body) explain(err error) error {
	stalled := errors.Is(context.Cause(b.attempt), errStalled)
	switch {
	case b.parent.Err() != nil:
		return context.Cause(b.parent)
	case stalled && b.timeouts.Total >= 0 && b.waited >= b.timeouts.Total:
		err = fmt.Errorf("it was not complete after %v", b.timeouts.Total)
	case stalled:
		err = fmt.Errorf("no byte arrived for %v", b.timeouts.IdleBody)
	}
	return protocol.Errorf(protocol.TransientError,
		"%s: the answer broke off after %d bytes: %w", b.what(), b.read, plain(err))
}

// Close implements [io.Closer].
func (b *body) Close() error {
	b.vigil.stop()
	err := b.ReadCloser.Close()
	b.vigil.cancel(nil)
	return err
}
