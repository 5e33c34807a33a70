package http

import (
	"context"
	nethttp "net/http"
)

// BeforeRequest calls f before each attempt of a request, redirects on the API's own host included.
// f may change the header and the URL; credentials are added after it. Several are called in their
// order.
//
// An error ends the request and is returned as it is, but for a [*protocol.Error] of the type
// transient, which is retried. f is called by several workers at the same time.
func BeforeRequest(f func(ctx context.Context, r *nethttp.Request) error) Option {
	return optionFunc(func(c *Client) { c.before = append(c.before, f) })
}

// AfterResponse calls f after each answer of the API's own host, good or not, before anything is
// made of it. f may change the header, and must not read the body: conditions on that are a [Rule].
// Several are called in their order, and errors are taken as by [BeforeRequest].
func AfterResponse(f func(ctx context.Context, resp *nethttp.Response) error) Option {
	return optionFunc(func(c *Client) { c.after = append(c.after, f) })
}

// prepare lets the author and the credentials change what is sent. Neither is the business of
// another host.
func (c *Client) prepare(ctx context.Context, r *nethttp.Request) error {
	if !c.trusts(r.URL) {
		return nil
	}
	for _, f := range c.before {
		if err := f(ctx, r); err != nil {
			return &authorError{err}
		}
	}
	return c.authenticate(ctx, r)
}

// look lets the author see an answer.
func (c *Client) look(ctx context.Context, resp *nethttp.Response) error {
	if len(c.after) == 0 || !c.trusts(resp.Request.URL) {
		return nil
	}
	for _, f := range c.after {
		if err := f(ctx, resp); err != nil {
			return &authorError{err}
		}
	}
	return nil
}

// authorError is the error of a hook or an authenticator on its way through net/http and the retry
// loop.
type authorError struct{ err error }

func (e *authorError) Error() string { return e.err.Error() }
func (e *authorError) Unwrap() error { return e.err }
