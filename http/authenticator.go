package http

import (
	"bytes"
	"context"
	"errors"
	"io"
	nethttp "net/http"

	"github.com/airbyte-go/cdk/protocol"
)

// An authenticator adds credentials to the requests of a client. Its methods are called by several
// workers at the same time.
type authenticator interface {
	// authenticate signs one attempt. It is called below the retry loop, for redirects too, and
	// only where r leads to the API's own host; it may change the header and the URL of r. A
	// *protocol.Error of the type transient is retried like a failure of the API, any other
	// error ends the request as it is.
	authenticate(ctx context.Context, r *nethttp.Request) error
	// refresh replaces credentials that the API refused. It is called at most once for each call
	// of Client.Do or page of a stream. Header and status of resp are those of the answer, its
	// body is a beginning of up to 64 KiB in memory, and resp.Request is the signed attempt: when
	// it carries other credentials than the current ones, another worker has renewed them and
	// there is nothing left to do but to return true.
	//
	// True means that another attempt makes sense; it follows at once and counts neither as a
	// retry nor as a backoff. An error ends the request as it is.
	refresh(ctx context.Context, resp *nethttp.Response) (bool, error)
}

// signer is an authenticator whose credentials never change.
type signer func(r *nethttp.Request)

func (s signer) authenticate(_ context.Context, r *nethttp.Request) error {
	s(r)
	return nil
}

func (signer) refresh(context.Context, *nethttp.Response) (bool, error) { return false, nil }

// authenticate signs r with all credentials of the client.
func (c *Client) authenticate(ctx context.Context, r *nethttp.Request) error {
	if err := signWith(ctx, c.auth, r); err != nil {
		return &authorError{err}
	}
	return nil
}

// signWith signs r with several credentials, in their order.
func signWith(ctx context.Context, all []authenticator, r *nethttp.Request) error {
	for _, a := range all {
		if err := a.authenticate(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// refresh asks all authenticators for new credentials. It is true when one of them has some.
func (c *Client) refresh(ctx context.Context, resp *nethttp.Response) (renewed bool, err error) {
	for _, a := range c.auth {
		ok, failed := a.refresh(ctx, resp)
		renewed, err = renewed || ok, errors.Join(err, failed)
	}
	return renewed, err
}

// renew asks for new credentials after an answer that refused them, once in a call. What another
// host refuses is none of the credentials' business. It returns false when that changes nothing,
// and no failure when k.err says all.
func (k *call) renew(
	ctx context.Context, resp *nethttp.Response, excerpt []byte,
) (f *failure, changed bool) {
	if k.renewed || !k.client.trusts(resp.Request.URL) {
		return nil, false
	}
	k.renewed = true
	refused := *resp
	refused.Request = k.signed
	refused.Body = io.NopCloser(bytes.NewReader(excerpt))
	var renewed bool
	if renewed, k.err = k.client.refresh(ctx, &refused); renewed && k.err == nil {
		return &failure{renewed: true}, true
	}
	return nil, k.err != nil
}

// authorFailure says what the error of an authenticator or a hook means for the request. It returns
// nil when that is final, and k.err then holds it.
func (k *call) authorFailure(err error) *failure {
	own, ok := errors.AsType[*protocol.Error](err)
	_, over := errors.AsType[*spent](err)
	if ok && own.Type == protocol.TransientError && !over {
		return &failure{err: protocol.AsError(err), retry: true}
	}
	k.err = err
	return nil
}
