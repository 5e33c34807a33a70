package http

import (
	"context"
	nethttp "net/http"
	"net/url"
)

// maxAnswer is the largest answer that [Client.fetch] takes.
const maxAnswer = 4 << 20

// fetch sends a request and reads the answer to its end within the retry loop. It is for short
// answers: tokens, the status of a job. The body of the response is gone.
func (c *Client) fetch(ctx context.Context, r *Request) ([]byte, *nethttp.Response, error) {
	var answer []byte
	resp, err := c.do(ctx, r, func(resp *nethttp.Response) (err error) {
		answer, err = readWhole(resp, maxAnswer, "Check the URL.")
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return answer, resp, nil
}

// apart returns a client of the host of a whole URL for requests beside those to the API: it shares
// connections, timeouts, retries and secrets with c, but neither its credentials nor its rate
// limit.
func (c *Client) apart(whole string) *Client {
	a := &Client{
		retries: c.retries, giveUp: c.giveUp, timeouts: c.timeouts, pool: c.pool,
		guard: c.guard, secrets: c.secrets, fault: c.fault,
	}
	origin := whole
	if u, err := url.Parse(whole); err == nil && u.Host != "" {
		origin = u.Scheme + "://" + u.Host
	}
	if err := a.setBase(origin); err != nil {
		a.fault = err
	}
	a.http = &nethttp.Client{Transport: roundTripper{a}, CheckRedirect: a.checkRedirect}
	return a
}

// quiet keeps bodies out of the debug log, for requests that send or bring credentials: a new token
// is not known as a secret before its answer was read.
func (c *Client) quiet() *Client {
	c.hushed = true
	return c
}
