package http

import (
	"cmp"
	"context"
	"errors"
	nethttp "net/http"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/protocol"
)

const (
	// defaultEarly is how long before its end a token is replaced: clocks differ, and a request
	// takes its time.
	defaultEarly = time.Minute
	// lastGrace is how long obtaining a token goes on after its request was cancelled. A server
	// that has already exchanged a refresh token for a new one would otherwise leave nobody with
	// the new one.
	lastGrace = 10 * time.Second
	// renewPause is the wait after an early renewal that failed, while the old token still works.
	renewPause = 30 * time.Second
)

// keeper is an authenticator with a token that it obtains itself and replaces in time. It serves
// all workers of all clients that share it, of which one at a time obtains a token.
type keeper struct {
	// obtain asks for a new token; a zero expiry means that its end is not known.
	obtain func(ctx context.Context) (value string, expiry time.Time, err error)
	as     func(token string) Option // defaults to Bearer
	early  time.Duration             // defaults to defaultEarly

	turn chan struct{} // holds an element while somebody obtains a token

	mu      sync.Mutex
	clients []*Client // whose messages must hide the token
	state   keeperState
}

// keeperState is what a keeper has reached.
type keeperState struct {
	token   *keptToken // nil before the first
	renewAt time.Time  // when it is to be replaced; zero: when the API refuses it
	tries   int        // how often somebody asked for a token
	err     error      // how the last try ended
}

// keptToken is a token in use.
type keptToken struct {
	sign   []authenticator // put it on a request
	expiry time.Time       // zero: unknown
}

// tokenKey is the key under which the context of a signed request holds its *keptToken.
type tokenKey struct{ *keeper }

func newKeeper(
	as func(string) Option, early time.Duration,
	obtain func(ctx context.Context) (string, time.Time, error),
) *keeper {
	if as == nil {
		as = Bearer
	}
	return &keeper{
		obtain: obtain, as: as, early: cmp.Or(early, defaultEarly), turn: make(chan struct{}, 1),
	}
}

// join makes k an authenticator of c.
func (k *keeper) join(c *Client) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.clients = append(k.clients, c)
	c.auth = append(c.auth, k)
}

func (k *keeper) authenticate(ctx context.Context, r *nethttp.Request) error {
	token, err := k.get(ctx, nil)
	if err != nil {
		return err
	}
	if err := signWith(ctx, token.sign, r); err != nil {
		return err
	}
	*r = *r.WithContext(context.WithValue(r.Context(), tokenKey{k}, token))
	return nil
}

// refresh replaces the token that the request carried, unless somebody else has.
func (k *keeper) refresh(ctx context.Context, resp *nethttp.Response) (bool, error) {
	refused, ok := resp.Request.Context().Value(tokenKey{k}).(*keptToken)
	if !ok {
		return false, nil
	}
	_, err := k.get(ctx, refused)
	return err == nil, err
}

// get returns a token that is good for now and not the one that was refused. It waits while another
// worker obtains one, and shares that worker's failure, so that they do not all fail one after the
// other.
func (k *keeper) get(ctx context.Context, refused *keptToken) (*keptToken, error) {
	before := k.now()
	if before.good(refused) {
		return before.token, nil
	}
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	after := k.now()
	switch {
	case after.good(refused):
		return after.token, nil
	case after.err != nil && (after.tries > before.tries || isFinal(after.err)):
		return nil, after.err
	}
	return k.replace(ctx, after.token, refused)
}

func (k *keeper) now() keeperState {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state
}

func (s keeperState) good(refused *keptToken) bool {
	return s.token != nil && s.token != refused &&
		(s.renewAt.IsZero() || time.Now().Before(s.renewAt))
}

// isFinal tells an error that asking again cannot mend: the user must change the config.
func isFinal(err error) bool {
	own, ok := errors.AsType[*protocol.Error](err)
	return ok && own.Type == protocol.ConfigError
}

// replace obtains a token. Where that fails, an old one that still works does for a while longer.
func (k *keeper) replace(
	ctx context.Context, old, refused *keptToken,
) (token *keptToken, err error) {
	asked := time.Now()
	token, err = k.obtainToken(ctx)
	renewAt := k.renewal(token, asked)
	switch {
	case ctx.Err() != nil && err != nil:
		return nil, context.Cause(ctx) // which says nothing about the credentials
	case err != nil && !isFinal(err) && old != nil && old != refused && asked.Before(old.expiry):
		hook.From(ctx).Log.WarnContext(ctx, "The API's token could not be renewed in advance; "+
			"the old one is used until it ends.", "because", err)
		token, renewAt, err = old, asked.Add(min(renewPause, old.expiry.Sub(asked))), nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.state.tries++
	k.state.err = err
	if err == nil {
		k.state.token, k.state.renewAt = token, renewAt
	}
	return token, err
}

// renewal returns when a token is to be replaced; zero means when the API refuses it.
func (k *keeper) renewal(token *keptToken, asked time.Time) time.Time {
	if token == nil || token.expiry.IsZero() {
		return time.Time{}
	}
	life := token.expiry.Sub(asked)
	return asked.Add(max(life-k.early, life/2))
}

func (k *keeper) obtainToken(ctx context.Context) (*keptToken, error) {
	longer, stop := outlive(ctx)
	defer stop()
	value, expiry, err := k.obtain(longer)
	if err != nil {
		return nil, &spent{err}
	}
	k.hide(ctx, value)
	scratch := &Client{secrets: new(entry.Mask)}
	k.as(value).apply(scratch)
	if scratch.fault != nil {
		return nil, scratch.fault
	}
	return &keptToken{sign: scratch.auth, expiry: expiry}, nil
}

// hide keeps secrets that came up at run time out of all texts.
func (k *keeper) hide(ctx context.Context, secrets ...string) {
	hook.From(ctx).AddSecret(secrets...)
	for _, mask := range k.masks() {
		mask.Add(secrets...)
	}
}

// masks are those of the clients that use the token.
func (k *keeper) masks() []*entry.Mask {
	k.mu.Lock()
	defer k.mu.Unlock()
	var masks []*entry.Mask
	for _, c := range k.clients {
		masks = append(masks, c.secrets)
	}
	return masks
}

// outlive returns a context that outlives ctx by a grace.
func outlive(ctx context.Context) (longer context.Context, stop func()) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() {
		time.AfterFunc(lastGrace, func() { cancel(context.Cause(ctx)) })
	})
	return longer, func() { unhook(); cancel(nil) }
}

// spent is an error that came after retries of its own: the request that needed the token must not
// repeat them all.
type spent struct{ error }

func (e *spent) Unwrap() error { return e.error }
