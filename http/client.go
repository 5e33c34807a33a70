package http

import (
	"context"
	"net"
	nethttp "net/http"
	"net/url"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/internal/entry"
)

// A Client sends requests to one API. Make one with [NewClient] and share it among all streams of
// that API: it holds one pool of connections and one rate limit. It is safe for concurrent use.
//
// Proxies and additional certificate authorities come from the environment (HTTPS_PROXY, NO_PROXY,
// SSL_CERT_FILE), and HTTP/2 is used where the server speaks it. Answers are asked for with zstd,
// gzip or deflate compression, which nobody above notices.
//
// In Airbyte Cloud, where DEPLOYMENT_MODE is "cloud", a client reaches only public addresses, by
// https, whatever the config, a name server or a redirect says; everything else is a config error.
type Client struct {
	base     *url.URL
	baseText string
	fault    error // what is wrong with the base URL or the credentials; every request returns it
	auth     []authenticator
	spares   int // how many credentials are there besides those of a request
	before   []func(ctx context.Context, r *nethttp.Request) error
	after    []func(ctx context.Context, resp *nethttp.Response) error
	guard    *guard
	secrets  *entry.Mask // hides credentials where the API repeats them
	hushed   bool        // the debug log must not show bodies
	limits   limits
	rules    []Rule
	ignored  ignored
	jobs     chan struct{} // an element for each job that runs
	retries  int
	giveUp   time.Duration
	timeouts Timeouts
	pool     nethttp.RoundTripper
	zstd     sync.Pool // of decoders
	http     *nethttp.Client
}

// NewClient returns a client of the API at base, such as "https://api.example.com/v1"; a slash at
// its end makes no difference. Credentials in the URL (https://user:password@host) are used as by
// [Basic].
//
// The base often comes from the config, so a malformed one is no panic: every request then returns
// a config error that names it.
func NewClient(base string, opts ...Option) *Client {
	c := &Client{
		retries: defaultRetries, giveUp: defaultGiveUp, guard: newGuard(),
		secrets: new(entry.Mask),
	}
	for _, o := range opts {
		o.apply(c)
	}
	c.timeouts = c.timeouts.withDefaults()
	if c.jobs == nil {
		c.jobs = make(chan struct{}, 1)
	}
	if err := c.setBase(base); err != nil {
		c.fault = err
	}
	c.pool = newPool(c.timeouts, c.guard)
	c.http = &nethttp.Client{Transport: roundTripper{c}, CheckRedirect: c.checkRedirect}
	return c
}

// newPool returns the transport under all requests of a client.
func newPool(t Timeouts, g *guard) nethttp.RoundTripper {
	dialer := &net.Dialer{Timeout: unlessNegative(t.Connect), KeepAlive: 30 * time.Second}
	return &nethttp.Transport{
		Proxy:               g.proxy,
		DialContext:         g.dialer(dialer),
		TLSHandshakeTimeout: unlessNegative(t.TLS),
		ForceAttemptHTTP2:   true,
		DisableCompression:  true, // unpack knows more encodings
		// The default of two idle connections would reconnect all the time under concurrent slices.
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     90 * time.Second,
		// A retry over HTTP/2 would otherwise go down the same dead connection again and again.
		HTTP2: &nethttp.HTTP2Config{
			SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second,
		},
	}
}

// Do sends r and returns the answer, whose status is in the 200s unless a [Rule] accepts another.
// It is the lower layer, for requests that are not pages of a [Stream]; authentication, rate
// limits, rules, retries and timeouts apply.
//
// Everything else is an error, usually a [*protocol.Error] whose text names the request, the status
// and what the API said about it; [StatusOf] tells its status. When ctx is done the error is its
// cause.
//
// The caller closes the body. It is not read ahead, so a body that breaks off is reported by its
// Read, as a transient error, and not retried.
func (c *Client) Do(ctx context.Context, r *Request) (*nethttp.Response, error) {
	return c.do(ctx, r, nil)
}

// do is Do with a handler inside the retry loop.
//
// What reads pages relies on this:
//
//   - handle is called for each answer that the rules accept, which mostly means a status in the
//     200s, and owns its body then. It may be called several times: for each attempt that it
//     failed with a *failure whose retry is set. Any other error of it ends the request as it is.
//   - A body that breaks off says so in the error of its Read, a *protocol.Error of the type
//     transient. handle turns it into a *failure, and the page is asked for again.
//   - An error that wraps [ErrIgnored] stands for an empty page after which none follows. It was
//     logged and counted already.
//   - An error that wraps [ErrResetPagination] asks to begin the slice again at its first page.
//     How often that may happen is for the caller to bound; the error itself is worded for the
//     user.
//   - Any other error is final: all retries are used up, and its text says so.
func (c *Client) do(
	ctx context.Context, r *Request, handle func(*nethttp.Response) error,
) (*nethttp.Response, error) {
	k := &call{client: c, rules: [][]Rule{r.Rules, c.rules}, handle: handle}
	req, err := c.newRequest(context.WithValue(ctx, callKey{}, k), r)
	if err != nil {
		return nil, err
	}
	k.method, k.url = req.Method, req.URL
	graphQL, reads := isGraphQL(r.Body)
	if graphQL {
		k.rules = append(k.rules, graphQLRules)
	}
	k.repeatable = r.Idempotent || isIdempotent(req.Method) || reads
	return k.run(req)
}
