package http

import (
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"slices"

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
	k, _ := r.Context().Value(callKey{}).(*call) // do put it there
	ctx, cancel := context.WithCancelCause(r.Context())
	watch := &vigil{cancel: cancel}
	k.signed = r.Clone(ctx)
	packed := askForCompression(k.signed)
	if err := k.ready(r); err != nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		cancel(nil)
		return nil, err
	}
	hook.From(ctx).Progress()
	debug := rt.client.debugLog(ctx, r)
	debug.request(k.signed)
	resp, err := rt.client.send(watch, k.signed)
	if err != nil {
		if errors.Is(context.Cause(ctx), errNoHeader) {
			err = fmt.Errorf("it took longer than %v", rt.client.timeouts.Header)
		}
		debug.failure(err)
		watch.stop()
		cancel(nil)
		return nil, err
	}
	k.dress(resp, r, watch)
	if packed {
		rt.client.unpack(resp)
	}
	debug.response(resp)
	if err := rt.client.look(ctx, resp); err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// ready returns when an attempt may be sent, with all that belongs to it.
func (k *call) ready(r *nethttp.Request) error {
	if err := k.client.guard.check(r.URL); err != nil {
		return err
	}
	if err := k.await(r.Context(), r); err != nil {
		return err
	}
	return k.client.prepare(k.signed.Context(), k.signed)
}

// dress puts what the client adds around an answer to r.
func (k *call) dress(resp *nethttp.Response, r *nethttp.Request, watch *vigil) {
	if resp.Body == nil {
		resp.Body = nethttp.NoBody
	}
	resp.Body = &body{
		ReadCloser: resp.Body, request: r, timeouts: k.client.timeouts,
		parent: r.Context(), attempt: k.signed.Context(), vigil: watch,
	}
	resp.Request = r // not the signed copy: links are resolved against it, and messages name it
}

// send sends an attempt and waits for the header of its answer.
func (c *Client) send(watch *vigil, signed *nethttp.Request) (*nethttp.Response, error) {
	rt, ok := signed.Context().Value(transportKey{}).(nethttp.RoundTripper)
	if !ok {
		rt = c.pool
	}
	watch.begin(c.timeouts.Header, errNoHeader)
	defer watch.end()
	return rt.RoundTrip(signed)
}

const maxRedirects = 10

// errRedirects is final.
var errRedirects = fmt.Errorf("stopped after %d redirects", maxRedirects)

// errBodyAway is final.
var errBodyAway = errors.New("it redirects a request with a body to another host, which must not " +
	"get to see that")

// checkRedirect keeps what may be secret from hosts that the client does not trust. Credentials are
// added below, so here it is about headers that an author set, about the previous URL, and about
// the body, which the statuses 307 and 308 ask to send again.
func (c *Client) checkRedirect(next *nethttp.Request, via []*nethttp.Request) error {
	if len(via) >= maxRedirects {
		return errRedirects
	}
	if c.trusts(next.URL) {
		return nil
	}
	if next.Body != nil && next.Body != nethttp.NoBody {
		return errBodyAway
	}
	harmless := []string{"Accept", "Accept-Language", "Content-Type", "User-Agent"}
	for name := range next.Header {
		if !slices.Contains(harmless, name) {
			next.Header.Del(name)
		}
	}
	return nil
}
