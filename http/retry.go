package http

import (
	"context"
	"fmt"
	"math/rand/v2"
	nethttp "net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/protocol"
)

// The one policy of all requests.
const (
	defaultRetries = 5
	backoffBase    = time.Second
	backoffMax     = time.Minute
	// defaultGiveUp bounds a request with all its attempts and waits: no attempt begins later.
	// When the API asks for a longer wait, the platform's own retry of the sync is the better
	// place to wait, since it holds no worker and no memory.
	defaultGiveUp = 10 * time.Minute
)

// call is one request with all its attempts. retryablehttp runs the loop, this type decides: how
// long to wait is computed in check and not in backoff, because only check can still say no.
//
// Traps of retryablehttp that shape it: a Retry-After is not capped there; the backoff has no
// jitter; a POST is retried like a GET; a handler is called for a final error status as well and
// its result replaces the verdict; texts and logs hold whole URLs.
type call struct {
	client     *Client
	method     string
	url        *url.URL
	repeatable bool
	rules      [][]Rule                      // of the request, before those of the client
	handle     func(*nethttp.Response) error // may be nil

	ctx      context.Context
	start    time.Time
	attempts int
	told     []*limit          // the limits that learn from the current attempt
	sent     time.Time         // the current attempt
	queued   time.Duration     // what rate limits of our own have cost
	signed   *nethttp.Request  // the current attempt, as it was sent
	accepted *nethttp.Response // the good answer
	renewed  bool              // the credentials were, or could not be
	passes   int               // how often another credential took over
	wait     time.Duration     // before the next attempt
	err      error             // final: why the call ended
}

func (k *call) run(req *retryablehttp.Request) (*nethttp.Response, error) {
	k.ctx, k.start = req.Context(), time.Now()
	if k.handle != nil {
		req.SetResponseHandler(k.handled)
	}
	loop := retryablehttp.Client{
		HTTPClient: k.client.http,
		// check counts; one more follows new credentials, and one each spare one
		RetryMax:     k.client.retries + 1 + k.client.spares,
		CheckRetry:   k.check,
		Backoff:      k.backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := loop.Do(req)
	switch {
	case k.err != nil:
		return nil, k.err
	case err != nil: // cancelled while it waited
		return nil, context.Cause(req.Context())
	}
	return resp, nil
}

// backoff implements [retryablehttp.Backoff]. It waits itself, because the loop does so in silence.
func (k *call) backoff(_, _ time.Duration, _ int, _ *nethttp.Response) time.Duration {
	_ = rest(k.ctx, k.wait) // the loop looks at the context next
	return 0
}

// handled runs the handler, unless the call is over: the loop calls it for every answer that is not
// to be retried.
func (k *call) handled(resp *nethttp.Response) error {
	if k.err != nil {
		return k.err
	}
	err := k.handle(resp)
	if err != nil {
		_ = resp.Body.Close()
	}
	return err
}

// check implements [retryablehttp.CheckRetry]. It is called after each attempt and again after the
// handler.
func (k *call) check(ctx context.Context, resp *nethttp.Response, err error) (bool, error) {
	if k.err != nil {
		return false, k.err
	}
	if ctx.Err() != nil {
		k.err = context.Cause(ctx)
		if resp != nil {
			_ = resp.Body.Close()
		}
		return false, k.err
	}
	f := k.examine(ctx, resp, err)
	switch {
	case f == nil:
		return false, k.err
	case f.renewed:
		k.wait = 0
		return true, nil
	}
	k.attempts++
	if k.again(ctx, f) {
		return true, nil
	}
	return false, k.err
}

// examine returns why an attempt failed. It returns nil when it did not, or when it failed with an
// error that says all itself, which becomes k.err.
func (k *call) examine(ctx context.Context, resp *nethttp.Response, err error) *failure {
	switch e := err.(type) { //nolint:errorlint // only the outermost says who returned it
	case nil:
		if resp == k.accepted { // and the handler did its work
			return nil
		}
		return k.answered(ctx, &reply{resp: resp})
	case *failure:
		return e
	case *url.Error: // all errors of net/http are; its own text holds the whole URL
		if author, ok := e.Err.(*authorError); ok { //nolint:errorlint // as above
			return k.authorFailure(author.err)
		}
		return k.transportFailure(e.Err)
	}
	k.err = err
	return nil
}

// answered is examine for an attempt with an answer.
func (k *call) answered(ctx context.Context, a *reply) *failure {
	v := k.decide(a)
	switch {
	case a.err != nil: // a rule wanted to see the body, and it broke off
		_ = a.resp.Body.Close()
		own := protocol.AsError(a.err)
		return &failure{err: own, retry: own.Type == protocol.TransientError}
	case v.action == Accept:
		a.putBack()
		k.learn(a.resp.Header)
		k.accepted = a.resp
		return nil
	}
	return k.refuse(ctx, a, v)
}

// again decides whether the request is sent again, and when. If not, it sets k.err.
func (k *call) again(ctx context.Context, f *failure) bool {
	elapsed := k.elapsed()
	k.wait = k.delay(f.after)
	if f.after > 0 && !k.fits(elapsed, k.wait) {
		k.wait = f.after
	}
	if f.limited && k.fits(elapsed, k.wait) {
		k.hold(time.Now().Add(k.wait))
	}
	switch {
	case !f.retry, !k.repeatable, k.attempts > k.client.retries:
		return k.give(f, "")
	case f.after > 0 && !k.fits(elapsed, f.after):
		until := time.Now().Add(f.after)
		if f.limited {
			hook.From(ctx).RateLimited(until)
		}
		return k.give(f, fmt.Sprintf(" It asks to wait until %s (%v), which is longer than this "+
			"connector waits for a request.", until.UTC().Format(time.RFC3339),
			f.after.Round(time.Second)))
	case f.after == 0 && elapsed+k.wait > k.client.giveUp:
		return k.give(f, "")
	}
	if f.limited {
		hook.From(ctx).RateLimited(resetTime(f.after))
	}
	hook.From(ctx).Log.InfoContext(ctx, "Waiting before sending a request again.",
		"wait", k.wait.Round(time.Millisecond),
		"retry", k.attempts, "of", k.client.retries, "because", f.err.Message)
	return true
}

// delay returns the wait before the next attempt. What the API asks for is waited exactly the first
// time; after that with jitter on top, because workers that were told the same come back together
// and are refused together.
func (k *call) delay(asked time.Duration) time.Duration {
	switch {
	case asked <= 0:
		return jitter(k.attempts)
	case k.attempts == 1:
		return asked
	}
	return asked + jitter(k.attempts-1)
}

// what names the request in messages.
func (k *call) what() string { return describe(k.method, k.url) }

// elapsed is what the call took so far, without the turns it waited for in rate limits of our own.
func (k *call) elapsed() time.Duration { return time.Since(k.start) - k.queued }

// fits reports whether a wait ends within the bound. Attempts that failed at once must not make a
// wait of exactly the bound too long.
func (k *call) fits(elapsed, wait time.Duration) bool {
	return elapsed.Truncate(time.Second)+wait <= k.client.giveUp
}

// resetTime returns the end of a wait that the API asked for, and zero when it did not.
func resetTime(after time.Duration) time.Time {
	if after <= 0 {
		return time.Time{}
	}
	return time.Now().Add(after)
}

// give ends the call with f. It returns false for the convenience of again.
func (k *call) give(f *failure, note string) bool {
	text := strings.TrimSuffix(f.err.Message, ".") + "."
	if f.remedy != "" {
		text += " " + f.remedy
	}
	if k.attempts > 1 {
		text += fmt.Sprintf(" It was tried %d times in %v.", k.attempts,
			time.Since(k.start).Round(time.Millisecond))
	}
	f.err.Message = text + note
	k.err = f.err
	return false
}

// jitter returns a random wait before the n-th retry. Its upper bound doubles each time: full
// jitter spreads the retries of all workers best.
func jitter(n int) time.Duration {
	bound := backoffMax
	if shift := n - 1; shift < 6 { // 2^6 s is past the bound
		bound = backoffBase << shift
	}
	return rand.N(bound) + 1
}
