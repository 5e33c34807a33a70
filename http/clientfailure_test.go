package http

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestTimeouts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		limits Timeouts
		handle func(w nethttp.ResponseWriter)
		want   string
		took   time.Duration
	}{
		{"no header", Timeouts{}, func(nethttp.ResponseWriter) { time.Sleep(61 * time.Second) },
			"no answer: it took longer than 1m0s. A later sync may " +
				"succeed; if this stays, check the network between the connector and the API.",
			time.Minute},
		{"own header limit", Timeouts{Header: time.Hour}, func(nethttp.ResponseWriter) {
			time.Sleep(61 * time.Minute)
		}, "no answer: it took longer than 1h0m0s. A later sync may " +
			"succeed; if this stays, check the network between the connector and the API.",
			time.Hour},
		{"idle body", Timeouts{}, func(w nethttp.ResponseWriter) {
			for range 3 {
				_, _ = io.WriteString(w, "x")
				w.(nethttp.Flusher).Flush()
				time.Sleep(59 * time.Second)
			}
			time.Sleep(2 * time.Second)
		}, "the answer broke off after 3 bytes: no byte arrived for 1m0s",
			178 * time.Second},
		{"total", Timeouts{}, func(w nethttp.ResponseWriter) {
			for range 100 {
				_, _ = io.WriteString(w, "x")
				w.(nethttp.Flusher).Flush()
				time.Sleep(59 * time.Second)
			}
		}, "the answer broke off after 31 bytes: it was not complete after " +
			"30m0s",
			30 * time.Minute},
		{"off", Timeouts{Header: -1, IdleBody: -1, Total: -1}, func(w nethttp.ResponseWriter) {
			time.Sleep(24 * time.Hour)
			w.(nethttp.Flusher).Flush()
			time.Sleep(24 * time.Hour)
		}, "", 48 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) { tt.handle(w) },
				func(b *bundle) {
					_, err := b.get(NewClient(base, Retries(0), tt.limits), "records")
					assert.Equal(b, tt.took, time.Since(b.start))
					if tt.want == "" {
						require.NoError(b, err)
						return
					}
					requireError(b, err, protocol.TransientError,
						"GET https://api.example.com/v1/records: "+tt.want)
				})
		})
	}
}

func TestASlowReaderIsNoTimeout(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
	}, func(b *bundle) {
		resp, err := NewClient(base).Do(b.ctx, &Request{})
		require.NoError(b, err)
		defer func() { _ = resp.Body.Close() }()
		for range 10 {
			_, err = io.ReadFull(resp.Body, make([]byte, 10_000))
			require.NoError(b, err)
			time.Sleep(10 * time.Minute) // the destination is slow
		}
	})
}

func TestBodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) { breakOff(w, "abc") },
		func(b *bundle) {
			text, err := b.get(NewClient(base), "records?key=SECRET")
			assert.Equal(b, "abc", text)
			requireError(b, err, protocol.TransientError,
				"GET https://api.example.com/v1/records?key=...: the "+
					"answer broke off after 3 bytes: unexpected EOF")
			require.ErrorIs(b, err, io.ErrUnexpectedEOF)
			assert.Len(b, b.arrivals(), 1, "Do hands the body on and cannot repeat it")
		})
}

// failing is a transport without an API.
type failing struct {
	err   error
	calls int
}

func (f *failing) RoundTrip(*nethttp.Request) (*nethttp.Response, error) {
	f.calls++
	return nil, f.err
}

func TestTransportErrors(t *testing.T) {
	t.Parallel()
	const later = "A later sync may succeed; if this stays, check the network between the " +
		"connector and the API."
	for _, tt := range []struct {
		err   error
		kind  protocol.FailureType
		want  string
		calls int
	}{
		{errors.New("connection reset by peer"), protocol.TransientError,
			"connection reset by peer. " + later, 2},
		{fmt.Errorf(`proxy refused "https://u:SECRET@h/p?key=SECRET"`), protocol.TransientError,
			`proxy refused "https://h/p?...". ` + later, 2},
		{&net.DNSError{Err: "no such host", Name: "api.example.com", IsNotFound: true},
			protocol.TransientError, "lookup api.example.com: no such host. Check the host in " +
				"the configuration, and the network of the connector.", 2},
		{&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, protocol.ConfigError,
			"tls: failed to verify certificate: x509: certificate signed by unknown authority. " +
				"Check the URL in the configuration; for a private certificate authority set " +
				"SSL_CERT_FILE.", 1},
		{nethttp.ErrSchemeMismatch, protocol.ConfigError, "http: server gave HTTP response to " +
			"HTTPS client. Write http:// instead of https:// in the configuration, if that is " +
			"intended.", 1},
	} {
		bubble(t, nil, func(b *bundle) {
			rt := &failing{err: tt.err}
			b.ctx = WithTransport(b.ctx, rt)
			_, err := b.get(NewClient(base, Retries(1)), "records?key=SECRET")
			var e *protocol.Error
			require.ErrorAs(b, err, &e)
			assert.Equal(b, tt.kind, e.Type)
			got, _, _ := strings.Cut(e.Message, " It was tried 2 times in ")
			assert.Equal(b, "GET https://api.example.com/v1/records?key=...: no answer: "+tt.want,
				got)
			assert.NotContains(b, e.Trace(time.Now()).Trace.Error.InternalMessage, "SECRET")
			assert.Equal(b, tt.calls, rt.calls)
			assert.ErrorIs(b, err, tt.err)
			assert.Zero(b, StatusOf(err))
		})
	}
}

// counting is a transport that would close a shared pool.
type counting struct {
	nethttp.RoundTripper
	closed int
}

func (c *counting) CloseIdleConnections() { c.closed++ }

func TestAFailureDoesNotCloseThePool(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) { w.WriteHeader(503) },
		func(b *bundle) {
			c := NewClient(base)
			pool := &counting{RoundTripper: b.ctx.Value(transportKey{}).(nethttp.RoundTripper)}
			c.pool = pool
			_, err := c.Do(WithTransport(b.ctx, pool), &Request{})
			require.Error(b, err)
			assert.Zero(b, pool.closed)
		})
}
