package http

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	nethttp "net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// TestDefaultsOfStatuses holds each row of the Python CDK's default table, and ours. A row that
// differs from that table says how.
func TestDefaultsOfStatuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		status int
		kind   protocol.FailureType
		calls  int // with one retry allowed
	}{
		{"200 is good", 200, "", 1},
		{"201 is good", 201, "", 1},
		{"204 is good", 204, "", 1},
		{"206 is good", 206, "", 1},
		{"304 is no answer; there it is a success", 304, protocol.SystemError, 1},
		{"400", 400, protocol.SystemError, 1},
		{"401 would renew credentials first; there it just fails", 401, protocol.ConfigError, 1},
		{"402 fails; there it is retried", 402, protocol.SystemError, 1},
		{"403", 403, protocol.ConfigError, 1},
		{"404", 404, protocol.SystemError, 1},
		{"405", 405, protocol.SystemError, 1},
		{"408", 408, protocol.TransientError, 2},
		{"409 fails; there it is retried", 409, protocol.SystemError, 1},
		{"410 fails; there it is retried", 410, protocol.SystemError, 1},
		{"422 fails; there it is retried", 422, protocol.SystemError, 1},
		{"425 fails; there it is retried", 425, protocol.SystemError, 1},
		{"429", 429, protocol.TransientError, 2},
		{"500", 500, protocol.TransientError, 2},
		{"501 fails; there it is retried", 501, protocol.TransientError, 1},
		{"502", 502, protocol.TransientError, 2},
		{"503", 503, protocol.TransientError, 2},
		{"504", 504, protocol.TransientError, 2},
		{"505 fails; there it is retried", 505, protocol.TransientError, 1},
		{"520 is transient; there a system error", 520, protocol.TransientError, 2},
		{"599 is transient; there a system error", 599, protocol.TransientError, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
				w.WriteHeader(tt.status)
			}, func(b *bundle) {
				_, err := b.get(NewClient(base, Retries(1)), "records")
				assert.Len(b, b.arrivals(), tt.calls)
				if tt.kind == "" {
					require.NoError(b, err)
					return
				}
				assert.Equal(b, tt.kind, protocol.AsError(err).Type)
				assert.Equal(b, tt.status, StatusOf(err))
			})
		})
	}
}

// TestDefaultsOfTransportErrors is the same for attempts without an answer.
func TestDefaultsOfTransportErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		err   error
		kind  protocol.FailureType
		calls int
	}{
		{"connection reset is transient; there a system error",
			&net.OpError{Op: "read", Err: errors.New("connection reset")},
			protocol.TransientError, 2},
		{"timeout is transient; there a system error", context.DeadlineExceeded,
			protocol.TransientError, 2},
		{"a body that broke off is transient; there a system error", io.ErrUnexpectedEOF,
			protocol.TransientError, 2},
		{"unknown host", &net.DNSError{IsNotFound: true}, protocol.TransientError, 2},
		{"DNS server that fails", &net.DNSError{IsTemporary: true}, protocol.TransientError, 2},
		{"certificate fails; there it is retried",
			&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}},
			protocol.ConfigError, 1},
		{"HTTP where HTTPS is asked for fails; there it is retried", nethttp.ErrSchemeMismatch,
			protocol.ConfigError, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, nil, func(b *bundle) {
				rt := &failing{err: tt.err}
				b.ctx = WithTransport(b.ctx, rt)
				_, err := b.get(NewClient(base, Retries(1)), "records")
				assert.Equal(b, tt.kind, protocol.AsError(err).Type)
				assert.Equal(b, tt.calls, rt.calls)
			})
		})
	}
	t.Run("a URL of another scheme", func(t *testing.T) {
		t.Parallel()
		_, err := NewClient("ftp://api.example.com").Do(t.Context(), &Request{})
		assert.Equal(t, protocol.ConfigError, protocol.AsError(err).Type)
	})
}

func TestForbiddenThatEndsIsARateLimit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		header, value string
		wait          time.Duration
	}{
		{"Retry-After", "30", 30 * time.Second},
		{"X-RateLimit-Remaining", "0", time.Second},
		{"RateLimit", `"default";r=0;t=20`, 20 * time.Second},
	} {
		bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
			if n == 1 {
				w.Header().Set(tt.header, tt.value)
				w.WriteHeader(403)
			}
		}, func(b *bundle) {
			_, err := b.get(NewClient(base), "records")
			require.NoError(b, err)
			assert.LessOrEqual(b, time.Since(b.start), tt.wait)
			assert.Len(b, b.limited, 1)
		})
	}
}
