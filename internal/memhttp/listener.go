// Package memhttp is an HTTP server in memory, for tests that run under virtual time: the sockets
// of net/http/httptest would keep the clock of a testing/synctest bubble from ever moving.
//
//	server := memhttp.Serve(t, handler)
//	client := &http.Client{Transport: server.Transport()}
//
// Create the server inside the bubble, so that its goroutines and connections belong to it.
package memhttp

import (
	"context"
	"net"
	nethttp "net/http"
	"sync"
	"testing"
)

// A Listener is a [net.Listener] whose connections are pipes in memory. It is safe for concurrent
// use.
type Listener struct {
	conns     chan net.Conn
	closed    chan struct{}
	closeOnce sync.Once
	transport *nethttp.Transport
}

var _ net.Listener = (*Listener)(nil)

// Listen returns an open listener.
func Listen() *Listener {
	l := &Listener{conns: make(chan net.Conn), closed: make(chan struct{})}
	l.transport = &nethttp.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn,
			error) {
			return l.Dial(ctx)
		},
	}
	return l
}

// Serve answers requests with h until t ends. It then cancels the requests that still run and waits
// for h to return from them, since a bubble must not end before its goroutines.
func Serve(t testing.TB, h nethttp.Handler) *Listener {
	t.Helper()
	l := Listen()
	var running sync.WaitGroup // the server and its connections, on which handlers run
	server := &nethttp.Server{Handler: h, ConnState: func(_ net.Conn, state nethttp.ConnState) {
		switch state {
		case nethttp.StateNew:
			running.Add(1)
		case nethttp.StateClosed, nethttp.StateHijacked:
			running.Done()
		}
	}}
	running.Go(func() { _ = server.Serve(l) }) // always ends with ErrServerClosed or net.ErrClosed
	t.Cleanup(func() {
		l.transport.CloseIdleConnections()
		_ = server.Close() // also closes l
		running.Wait()
	})
	return l
}

// Dial connects to the listener. It waits for Accept.
func (l *Listener) Dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "dial", Net: "memory", Addr: address{}, Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Accept implements [net.Listener].
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Net: "memory", Addr: address{}, Err: net.ErrClosed}
	}
}

// Close stops Dial and Accept; open connections stay. It may be called more than once.
func (l *Listener) Close() error {
	l.closeOnce.Do(func() { close(l.closed) })
	return nil
}

// Addr implements [net.Listener].
func (l *Listener) Addr() net.Addr { return address{} }

// Transport returns a round tripper that sends every request to the listener, whatever its host. A
// request for https travels as plain http; the handler still sees the host in Request.Host.
func (l *Listener) Transport() nethttp.RoundTripper { return roundTripper{l.transport} }

type roundTripper struct{ transport *nethttp.Transport }

// RoundTrip implements [nethttp.RoundTripper].
func (rt roundTripper) RoundTrip(r *nethttp.Request) (*nethttp.Response, error) {
	plain := r.Clone(r.Context())
	plain.URL.Scheme = "http"
	resp, err := rt.transport.RoundTrip(plain)
	if err != nil {
		return nil, err
	}
	resp.Request = r // redirects and relative links are resolved against the URL that was asked for
	return resp, nil
}

type address struct{}

func (address) Network() string { return "memory" }
func (address) String() string  { return "memory" }
