package http

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	nethttp "net/http"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/airbyte-go/cdk/internal/hook"
)

// limits are all rate limits of a client. Its zero value has none, and still makes requests wait
// for each other when the API asks for it.
type limits struct {
	all  []*limit // the slowest first
	rest limit    // for requests under none of them
}

// limit is one rate limit, and what the API said about it.
type limit struct {
	bucket  *rate.Limiter // nil for the rest
	only    []*patterns   // empty: all requests
	weights *patterns
	pace    *pace        // nil unless adaptive
	until   atomic.Int64 // Unix nanoseconds: no request starts earlier
}

// charge is what one attempt takes from one limit.
type charge struct {
	*limit

	weight int
}

// add keeps the slowest first: who waits for its turn there must not hold a turn elsewhere
// meanwhile, which would then pass together with another one.
func (l *limits) add(one *limit) {
	l.all = append(l.all, one)
	slices.SortStableFunc(l.all, func(a, b *limit) int {
		return cmp.Compare(a.bucket.Limit(), b.bucket.Limit())
	})
}

// of returns what an attempt takes, and the limits that are told what the API says: the narrowest.
func (l *limits) of(c *Client, r *nethttp.Request) (charges []charge, told []*limit) {
	if len(l.all) == 0 {
		return nil, []*limit{&l.rest}
	}
	path := c.relativePath(r.URL)
	var general []*limit
	for _, one := range l.all {
		named := slices.ContainsFunc(one.only, func(p *patterns) bool {
			_, ok := p.find(r.Method, path)
			return ok
		})
		if !named && len(one.only) > 0 {
			continue
		}
		weight, ok := one.weights.find(r.Method, path)
		if !ok {
			weight = 1
		}
		charges = append(charges, charge{one, weight})
		if named {
			told = append(told, one)
		} else {
			general = append(general, one)
		}
	}
	switch {
	case len(told) > 0:
		return charges, told
	case len(general) > 0:
		return charges, general
	}
	return nil, []*limit{&l.rest}
}

// pausedUntil returns the latest pause of all the limits that an attempt falls under.
func pausedUntil(charges []charge, told []*limit) time.Time {
	var until int64
	for _, c := range charges {
		until = max(until, c.until.Load())
	}
	for _, l := range told {
		until = max(until, l.until.Load())
	}
	return time.Unix(0, until)
}

// pause lets no request start before a moment.
func (l *limit) pause(until time.Time) {
	for next := until.UnixNano(); ; {
		old := l.until.Load()
		if old >= next || l.until.CompareAndSwap(old, next) {
			return
		}
	}
}

// refused takes in that the API refused an attempt as one too many.
func (l *limit) refused(sent, until time.Time) {
	l.pause(until)
	if l.pace != nil {
		l.bucket.SetLimit(l.pace.refused(sent, time.Now()))
	}
}

// accepted takes in that it did not.
func (l *limit) accepted() {
	if l.pace != nil {
		l.bucket.SetLimit(l.pace.accepted(time.Now()))
	}
}

// errNoTime is final: the context ends before the rate limit lets the request pass.
var errNoTime = errors.New("the rate limit leaves no time for the request")

// pausedError ends a request that would have to wait too long for what the API told another one.
type pausedError struct{ until time.Time }

func (e *pausedError) Error() string {
	return "the API has asked to wait until " + e.until.UTC().Format(time.RFC3339)
}

// await waits until an attempt may start.
func (k *call) await(ctx context.Context, r *nethttp.Request) error {
	charges, told := k.client.limits.of(k.client, r)
	k.told = told
	for {
		if err := k.waitForPause(ctx, charges, told); err != nil {
			return err
		}
		start := time.Now()
		for _, c := range charges {
			if err := c.take(ctx); err != nil {
				return err
			}
		}
		k.queued += time.Since(start)
		// A pause that began meanwhile holds this attempt as well; it then takes its turn anew,
		// so that not all that had one start together.
		if len(charges) == 0 || !pausedUntil(charges, told).After(time.Now()) {
			k.sent = time.Now()
			return nil
		}
	}
}

// waitForPause waits until a pause is over, and a little longer: who was told to wait comes first,
// and the others do not come all at once.
func (k *call) waitForPause(ctx context.Context, charges []charge, told []*limit) error {
	until := pausedUntil(charges, told)
	wait := time.Until(until)
	if wait <= 0 {
		return nil
	}
	if !k.fits(k.elapsed(), wait) {
		return &pausedError{until}
	}
	hook.From(ctx).RateLimited(until)
	return rest(ctx, wait+rand.N(min(wait, backoffBase)))
}

func (c charge) take(ctx context.Context) error {
	err := c.bucket.WaitN(ctx, c.weight)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return fmt.Errorf("%w: %w", errNoTime, context.DeadlineExceeded)
}

// hold tells the limits of the current attempt that the API refused it.
func (k *call) hold(until time.Time) {
	for _, l := range k.told {
		l.refused(k.sent, until)
	}
}

// learn tells the limits of the current attempt what a good answer says about them.
func (k *call) learn(h nethttp.Header) {
	for _, l := range k.told {
		l.accepted()
	}
	if !isExhausted(h) {
		return
	}
	now := time.Now()
	// A reset further away than any request may wait is better believed once the API refuses one.
	if wait := resetWait(h, serverTime(h, now)); wait > 0 && wait <= k.client.giveUp {
		for _, l := range k.told {
			l.pause(now.Add(wait))
		}
	}
}
