package http

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"slices"
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
	status int
	detail string // for the maintainer
	header nethttp.Header
	body   []byte // its beginning
}

func (e *statusError) Error() string {
	return fmt.Sprintf("HTTP status %d, %s", e.status, e.detail)
}

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

// verdict is what a status means.
type verdict struct {
	kind     protocol.FailureType
	retry    bool
	happened string
	remedy   string
}

// judge returns the meaning of a status that is not in the 200s.
func judge(status int) verdict {
	switch {
	case status == nethttp.StatusUnauthorized:
		return verdict{protocol.ConfigError, false, "the API refused the credentials",
			"Check the credentials in the configuration."}
	case status == nethttp.StatusForbidden:
		return verdict{protocol.ConfigError, false, "the API denied access",
			"Give the credentials access to this resource, or leave the stream out."}
	case status == nethttp.StatusNotFound, status == nethttp.StatusGone:
		return verdict{protocol.SystemError, false, "the API has nothing at this address",
			"Check the URL, and the names and IDs in the configuration."}
	case status == nethttp.StatusTooManyRequests:
		return verdict{protocol.TransientError, true, "the API's rate limit is exceeded",
			"A later sync goes on from the last state; fewer parallel syncs of this API help."}
	case status == nethttp.StatusRequestTimeout || status >= 500:
		return verdict{protocol.TransientError, isPassing(status), "the API failed",
			"A later sync may succeed; if this stays, ask the API's operator."}
	case status >= 400:
		return verdict{protocol.SystemError, false, "the API rejected the request",
			"The connector sent something the API does not accept: report it to its maintainer."}
	}
	return verdict{protocol.SystemError, false, "the API redirected to no usable address",
		"Check the URL in the configuration."}
}

// isPassing reports whether a failure of the server may be over soon. Not implemented and HTTP
// version not supported are not.
func isPassing(status int) bool {
	return !slices.Contains(
		[]int{nethttp.StatusNotImplemented, nethttp.StatusHTTPVersionNotSupported}, status)
}

// statusFailure explains an answer that is not in the 200s, and closes it. It returns nil when
// k.err says all.
func (k *call) statusFailure(ctx context.Context, resp *nethttp.Response) *failure {
	excerpt := readExcerpt(resp.Body)
	if resp.StatusCode == nethttp.StatusUnauthorized {
		if renewed := k.renew(ctx, resp, excerpt); renewed || k.err != nil {
			return renewal(k.err)
		}
	}
	said := apiMessage(resp.Header.Get("Content-Type"), excerpt, k.client.clean)
	v := judge(resp.StatusCode)
	message := fmt.Sprintf("%s: %s (%s)", k.what, v.happened, statusText(resp.StatusCode))
	if said != "" {
		message += ": " + said
	}
	cause := &statusError{resp.StatusCode, fmt.Sprintf("content type %q, from %s",
		resp.Header.Get("Content-Type"), describe(resp.Request.Method, resp.Request.URL)),
		resp.Header, excerpt}
	f := &failure{
		err:     &protocol.Error{Type: v.kind, Message: message, Cause: cause},
		remedy:  v.remedy,
		retry:   v.retry,
		limited: resp.StatusCode == nethttp.StatusTooManyRequests,
		after:   parseRetryAfter(resp.Header, time.Now()),
	}
	f.renewed = k.passOver(ctx, resp, f)
	return f
}

// renewal is nil when err ends the call.
func renewal(err error) *failure {
	if err != nil {
		return nil
	}
	return &failure{renewed: true}
}

// transportFailure explains an attempt that got no answer. err is without the URL that net/http
// puts around it.
func (k *call) transportFailure(err error) *failure {
	f := &failure{
		err: protocol.Errorf(protocol.TransientError, "%s: no answer: %w", k.what, plain(err)),
		remedy: "A later sync may succeed; if this stays, check the network between the " +
			"connector and the API.",
		retry: true,
	}
	switch {
	case errors.Is(err, errNoTime):
		f.retry, f.remedy = false, "Raise the rate limit or the timeout."
	case errors.Is(err, errRedirects):
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
