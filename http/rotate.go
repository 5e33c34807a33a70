package http

import (
	"context"
	nethttp "net/http"
	"slices"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/internal/hook"
)

// limitedPause is how long a credential rests whose rate limit is exceeded, when the API does not
// say.
const limitedPause = time.Minute

// Rotate signs each request with one of several credentials, such as [Bearer] tokens, each in its
// turn, which multiplies a rate limit that counts by credential. One whose limit is exceeded is
// passed over until the limit ends, one that the API refuses with 401 for as long as the client
// lives; the request is sent again at once with the next, and fails only where none is left.
// Without credentials it does nothing.
func Rotate(credentials ...Option) Option {
	return optionFunc(func(c *Client) {
		r := &rotation{}
		for _, credential := range credentials {
			before := len(c.auth)
			credential.apply(c)
			if added := c.auth[before:]; len(added) > 0 {
				r.members = append(r.members, &member{auth: slices.Clone(added)})
			}
			c.auth = c.auth[:before]
		}
		if len(r.members) > 0 {
			c.auth = append(c.auth, r)
			c.spares += len(r.members) - 1
		}
	})
}

// rotation is an authenticator that takes turns.
type rotation struct {
	mu      sync.Mutex
	turn    int // of the member that is next
	members []*member
}

// member is one credential of a rotation. Its fields are guarded by the rotation's lock.
type member struct {
	auth    []authenticator
	until   time.Time // it is rate limited
	refused bool
}

// rotationKey is the key under which the context of a signed request holds its *member.
type rotationKey struct{ *rotation }

func (r *rotation) authenticate(ctx context.Context, req *nethttp.Request) error {
	for {
		m := r.next(time.Now())
		err := signWith(ctx, m.auth, req)
		if err == nil {
			*req = *req.WithContext(context.WithValue(req.Context(), rotationKey{r}, m))
			return nil
		}
		if !isFinal(err) || !r.give(ctx, m, true, 0) {
			return err
		}
	}
}

// next returns the next member that is free, or else the one that will be first.
func (r *rotation) next(now time.Time) *member {
	r.mu.Lock()
	defer r.mu.Unlock()
	best := r.turn
	for i := range r.members {
		at := (r.turn + i) % len(r.members)
		if r.members[at].before(r.members[best], now) {
			best = at
		}
	}
	r.turn = (best + 1) % len(r.members)
	return r.members[best]
}

// before reports whether m is to be used rather than n.
func (m *member) before(n *member, now time.Time) bool {
	if m.refused || n.refused {
		return n.refused && !m.refused
	}
	return m.until.Before(n.until) && n.until.After(now)
}

// refresh replaces the credential that was refused, where it can be.
func (r *rotation) refresh(ctx context.Context, resp *nethttp.Response) (bool, error) {
	m, ok := resp.Request.Context().Value(rotationKey{r}).(*member)
	if !ok {
		return false, nil
	}
	for _, a := range m.auth {
		if renewed, err := a.refresh(ctx, resp); renewed || err != nil {
			return renewed, err
		}
	}
	return false, nil
}

// passOver implements [passer].
func (r *rotation) passOver(
	ctx context.Context, signed *nethttp.Request, refused bool, wait time.Duration,
) bool {
	m, ok := signed.Context().Value(rotationKey{r}).(*member)
	if !ok {
		return false
	}
	return r.give(ctx, m, refused, wait)
}

// give takes a member out, for good or for a time, and reports whether another one can take over.
func (r *rotation) give(
	ctx context.Context, m *member, refused bool, wait time.Duration,
) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if refused && !m.refused {
		m.refused = true
		hook.From(ctx).Log.WarnContext(ctx, "The API refused one of several credentials; it is "+
			"not used any more.", "number", r.number(m), "of", len(r.members))
	}
	if !refused {
		if wait <= 0 {
			wait = limitedPause
		}
		m.until = now.Add(wait)
	}
	for _, other := range r.members {
		if !other.refused && (refused || !other.until.After(now)) {
			return true
		}
	}
	return false
}

// number returns the place of a member, from 1, as the user has entered them.
func (r *rotation) number(m *member) int { return slices.Index(r.members, m) + 1 }

// A passer is an authenticator with several credentials.
type passer interface {
	// passOver says that the credential of a signed attempt was refused, or that its rate limit is
	// exceeded for a time. It is true when another one is free.
	passOver(ctx context.Context, signed *nethttp.Request, refused bool, wait time.Duration) bool
}

// passOver tells the authenticators that a failed attempt is the fault of its credential, and
// reports whether it may follow at once with another. It does so at most once for each credential
// of the client.
func (k *call) passOver(ctx context.Context, refused bool, f *failure) bool {
	if k.signed == nil || !refused && !f.limited || k.passes >= k.client.spares {
		return false
	}
	another := false
	for _, a := range k.client.auth {
		if p, ok := a.(passer); ok && p.passOver(ctx, k.signed, refused, f.after) {
			another = true
		}
	}
	if another {
		k.passes++
	}
	return another
}
