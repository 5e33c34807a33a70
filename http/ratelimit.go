package http

import (
	"fmt"
	nethttp "net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// Limit lets at most n requests start in any period of length per. They are spread evenly instead
// of being sent in bursts, and each attempt of a retried request counts. By default there is no
// limit. It is short for the [RateLimit] with only these two.
//
// It panics unless n and per are positive.
func Limit(n int, per time.Duration) Option {
	if n <= 0 || per <= 0 {
		panic(fmt.Sprintf("http.Limit(%d, %v): both must be positive", n, per))
	}
	return RateLimit{Requests: n, Per: per}
}

// A RateLimit bounds how often requests start. It is an [Option] of [NewClient] and shared by all
// streams of the client; each attempt of a request counts. Several may be given: a request waits
// for every one that it falls under, so an API with a limit for the second and one for the day has
// two.
//
// What the API says counts beside it, with and without a RateLimit: when an answer says that no
// request is left, or that one came too often, all requests under the same RateLimit wait until
// the time that it names. Where several apply these are the ones with Only; requests under no
// RateLimit wait for each other.
//
// [NewClient] panics when a field makes no sense.
type RateLimit struct {
	// Requests is how many may start in any period of length Per; both are required. They are
	// spread evenly.
	Requests int
	// Per is the length of the period.
	Per time.Duration
	// Only selects the requests that fall under this limit, by patterns such as "POST /search",
	// "/reports/{id}" or "/files/", written as for [net/http.ServeMux] and relative to the base
	// URL of the client. Empty means all.
	Only []string
	// Weights says which requests count as more than one, by patterns as in Only: the most
	// specific that fits. A weight above 1 makes the whole limit a little slower, by that weight
	// in each period, so that no period holds more than allowed.
	Weights map[string]int
	// Adaptive makes the client find the rate that the API really allows, up to the one given:
	// each time the API refuses a request as one too many the rate falls by a third, and then it
	// rises slowly, most slowly near the rate that was refused last.
	Adaptive bool
}

func (r RateLimit) apply(c *Client) { c.limits.add(r.limit()) }

// limit checks the fields.
func (r RateLimit) limit() *limit {
	if r.Requests <= 0 || r.Per <= 0 {
		panic(fmt.Sprintf("http.RateLimit: Requests is %d and Per %v; both must be positive",
			r.Requests, r.Per))
	}
	largest := 1
	weights := newPatterns("Weights")
	for pattern, weight := range r.Weights {
		if weight < 1 || weight > r.Requests {
			panic(fmt.Sprintf("http.RateLimit: the weight of %q is %d; it must be from 1 to "+
				"Requests", pattern, weight))
		}
		weights.add(pattern, weight)
		largest = max(largest, weight)
	}
	var only []*patterns // each alone, since they may overlap
	for _, pattern := range r.Only {
		one := newPatterns("Only")
		one.add(pattern, 1)
		only = append(only, one)
	}
	// A bucket holds the largest weight, which may be spent at once at the end of a rest.
	top := rate.Limit(float64(r.Requests-largest+1) / r.Per.Seconds())
	l := &limit{bucket: rate.NewLimiter(top, largest), only: only, weights: weights}
	if r.Adaptive {
		l.pace = newPace(top)
	}
	return l
}

// patterns maps requests to numbers.
type patterns struct {
	field   string // for messages
	mux     *nethttp.ServeMux
	numbers map[string]int
}

func newPatterns(field string) *patterns { return &patterns{field: field} }

func (p *patterns) add(pattern string, number int) {
	if p.mux == nil {
		p.mux, p.numbers = nethttp.NewServeMux(), map[string]int{}
	}
	defer func() {
		if complaint := recover(); complaint != nil {
			panic(fmt.Sprintf("http.RateLimit: %s has the pattern %q: %v", p.field, pattern,
				complaint))
		}
	}()
	p.mux.Handle(pattern, nethttp.NotFoundHandler())
	p.numbers[pattern] = number
}

// find returns the number of the most specific pattern that fits.
func (p *patterns) find(method, path string) (number int, ok bool) {
	if p.mux == nil {
		return 0, false
	}
	_, pattern := p.mux.Handler(&nethttp.Request{Method: method, URL: &url.URL{Path: path}})
	number, ok = p.numbers[pattern]
	return number, ok
}

// relativePath returns the path of u below the base URL, with a slash at its start.
func (c *Client) relativePath(u *url.URL) string {
	path := u.Path
	if rest, ok := strings.CutPrefix(path, strings.TrimRight(c.base.Path, "/")+"/"); ok {
		path = rest
	}
	return "/" + strings.TrimLeft(path, "/")
}
