package http

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// StatusOf returns the status with which the API refused the request that ended in err, such as
// [net/http.StatusNotFound], and 0 when err has no status: the API did not answer, or the error
// comes from elsewhere.
func StatusOf(err error) int {
	if s, ok := errors.AsType[*statusError](err); ok {
		return s.status
	}
	return 0
}

// statusError is the cause of an error that the API answered.
type statusError struct {
	status   int
	detail   string // for the maintainer
	sentinel error  // of the action of a rule, or nil
	header   nethttp.Header
	body     []byte // its beginning
}

func (e *statusError) Error() string {
	return fmt.Sprintf("HTTP status %d, %s", e.status, e.detail)
}

func (e *statusError) Unwrap() error { return e.sentinel }

// failure is an attempt that did not succeed.
type failure struct {
	err     *protocol.Error // its message says what happened, and nothing else
	remedy  string          // what the user can do, as a sentence
	retry   bool            // it may pass
	limited bool            // the API's rate limit is the reason
	renewed bool            // new credentials are there, so the next attempt follows at once
	after   time.Duration   // how long the API asks to wait
}

func (f *failure) Error() string { return f.err.Error() }

// refuse ends or repeats a request after an answer that is no good one, and closes it. It returns
// nil when k.err says all.
func (k *call) refuse(ctx context.Context, a *reply, v verdict) *failure {
	excerpt := a.excerpt()
	if v.action == RefreshToken {
		if f, changed := k.renew(ctx, a.resp, excerpt); changed {
			return f
		}
	}
	said := apiMessage(a.resp.Header.Get("Content-Type"), excerpt, k.client.clean)
	message, remedy := v.words(k.what(), statusText(a.resp.StatusCode), said)
	f := &failure{
		err:     &protocol.Error{Type: v.kind, Message: message, Cause: v.cause(a.resp, excerpt)},
		remedy:  remedy,
		retry:   v.action == Retry || v.action == RateLimited,
		limited: v.action == RateLimited,
	}
	if f.retry {
		f.after = askedWait(a.resp.Header, v.waitHeader(), f.limited, time.Now())
	}
	f.renewed = k.passOver(ctx, v.action == RefreshToken, f)
	if v.action == Ignore {
		k.client.ignored.note(ctx, v.rule, f.err)
	}
	return f
}

// cause is for the maintainer, and for [StatusOf] and [errors.Is].
func (v verdict) cause(resp *nethttp.Response, excerpt []byte) error {
	cause := &statusError{status: resp.StatusCode, detail: fmt.Sprintf("content type %q, from %s",
		resp.Header.Get("Content-Type"), describe(resp.Request.Method, resp.Request.URL)),
		header: resp.Header, body: excerpt}
	switch v.action {
	case Ignore:
		cause.sentinel = ErrIgnored
	case ResetPagination:
		cause.sentinel = ErrResetPagination
	default:
	}
	return cause
}

// transportFailure explains an attempt that got no answer. err is without the URL that net/http
// puts around it.
func (k *call) transportFailure(err error) *failure {
	if forbidden, ok := errors.AsType[*forbiddenError](err); ok {
		own := protocol.Errorf(protocol.ConfigError, "%s: %w", k.what(), forbidden)
		return &failure{err: own}
	}
	if paused, ok := errors.AsType[*pausedError](err); ok {
		return k.pausedFailure(paused)
	}
	f := &failure{
		err: protocol.Errorf(protocol.TransientError, "%s: no answer: %w", k.what(), plain(err)),
		remedy: "A later sync may succeed; if this stays, check the network between the " +
			"connector and the API.",
		retry: true,
	}
	switch {
	case errors.Is(err, errNoTime):
		f.retry, f.remedy = false, "Raise the rate limit or the timeout."
	case errors.Is(err, errRedirects), errors.Is(err, errBodyAway):
		f.final(protocol.SystemError, "Check the URL in the configuration.")
	case isCertificateError(err):
		f.final(protocol.ConfigError, "Check the URL in the configuration; for a private "+
			"certificate authority set SSL_CERT_FILE.")
	case errors.Is(err, nethttp.ErrSchemeMismatch):
		f.final(protocol.ConfigError, "Write http:// instead of https:// in the configuration, "+
			"if that is intended.")
	case isUnknownHost(err):
		f.remedy = "Check the host in the configuration, and the network of the connector."
	}
	return f
}

// pausedFailure explains a request that was not sent, because of what the API told another one.
func (k *call) pausedFailure(err *pausedError) *failure {
	v := tooMany()
	return &failure{
		err: protocol.Errorf(v.kind, "%s: %s, as another request was told",
			k.what(), v.happened),
		remedy: v.remedy, retry: true, limited: true, after: time.Until(err.until),
	}
}

// final says that waiting does not help.
func (f *failure) final(kind protocol.FailureType, remedy string) {
	f.err.Type, f.remedy, f.retry = kind, remedy, false
}

func isCertificateError(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

func isUnknownHost(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound
}

// plain returns err with a text that holds no query value, as errors of net/http may.
func plain(err error) error {
	if text := redact(err.Error()); text != err.Error() {
		return &redactedError{text, err}
	}
	return err
}

type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }

// clean hides secrets in what the API says: some repeat the key that they refuse, or the whole URL.
func (c *Client) clean(text string) string { return c.secrets.String(redact(text)) }

func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, nethttp.StatusText(status)))
}

// maxExcerpt is how much of an error's body is read to find the API's message.
const maxExcerpt = 64 << 10

// readExcerpt reads the beginning of an error's body and closes it. An error while reading is no
// news: the status is bad enough.
func readExcerpt(body io.ReadCloser) []byte {
	excerpt, _ := io.ReadAll(io.LimitReader(body, maxExcerpt))
	_ = body.Close()
	return excerpt
}
