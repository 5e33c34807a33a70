package http

import (
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"slices"
	"time"

	"github.com/airbyte-go/cdk/internal/hook"
)

type (
	transportKey struct{}
	callKey      struct{} // of the *call that an attempt belongs to
)

// WithTransport returns a context under which all clients send their requests through rt instead of
// their own connections. Authentication, rate limit, retries and timeouts stay above it, so this is
// how tests reach a client that the code under test makes itself.
func WithTransport(ctx context.Context, rt nethttp.RoundTripper) context.Context {
	return context.WithValue(ctx, transportKey{}, rt)
}

// roundTripper sends one attempt: redirects and retries come through here as well, so each of them
// waits for the rate limit and is signed anew.
//
// It has no CloseIdleConnections on purpose. retryablehttp calls that after every request that
// failed for good, which would close the connections under the other streams.
type roundTripper struct{ client *Client }

// RoundTrip implements [nethttp.RoundTripper].
func (rt roundTripper) RoundTrip(r *nethttp.Request) (*nethttp.Response, error) {
	c := rt.client
	k, _ := r.Context().Value(callKey{}).(*call) // do put it there
	if err := k.await(r.Context(), r); err != nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	signed := r.Clone(ctx)
	k.signed = signed
	hook.From(ctx).Progress()
	resp, err := c.send(ctx, cancel, signed)
	if err != nil {
		if errors.Is(context.Cause(ctx), errNoHeader) {
			err = fmt.Errorf("it took longer than %v", c.timeouts.Header)
		}
		cancel(nil)
		return nil, err
	}
	if resp.Body == nil {
		resp.Body = nethttp.NoBody
	}
	resp.Body = &body{
		ReadCloser: resp.Body, what: describe(r.Method, r.URL), timeouts: c.timeouts,
		parent: r.Context(), attempt: ctx, cancel: cancel,
	}
	resp.Request = r // not the signed copy: links are resolved against it, and messages name it
	return resp, nil
}

// send signs r, sends it and waits for the header of its answer.
func (c *Client) send(
	ctx context.Context, cancel context.CancelCauseFunc, signed *nethttp.Request,
) (*nethttp.Response, error) {
	if c.trusts(signed.URL) {
		if err := c.authenticate(ctx, signed); err != nil {
			if signed.Body != nil {
				_ = signed.Body.Close()
			}
			return nil, err
		}
	}
	rt, ok := ctx.Value(transportKey{}).(nethttp.RoundTripper)
	if !ok {
		rt = c.pool
	}
	if c.timeouts.Header >= 0 {
		timer := time.AfterFunc(c.timeouts.Header, func() { cancel(errNoHeader) })
		defer timer.Stop()
	}
	return rt.RoundTrip(signed)
}

const maxRedirects = 10

// errRedirects is final.
var errRedirects = fmt.Errorf("stopped after %d redirects", maxRedirects)

// checkRedirect keeps what may be secret from hosts that the client does not trust. Credentials are
// added below, so here it is about headers that an author set, and about the previous URL.
func (c *Client) checkRedirect(next *nethttp.Request, via []*nethttp.Request) error {
	if len(via) >= maxRedirects {
		return errRedirects
	}
	if c.trusts(next.URL) {
		return nil
	}
	harmless := []string{"Accept", "Accept-Language", "Content-Type", "User-Agent"}
	for name := range next.Header {
		if !slices.Contains(harmless, name) {
			next.Header.Del(name)
		}
	}
	return nil
}
