package cdktest

import (
	"fmt"
	"math"
	nethttp "net/http"
	"strconv"
	"strings"
	"time"
)

// guard stands before the routes of an [API].
type guard struct {
	name, value string // of the header that every request must carry; no name: none

	most    int           // requests in a window; 0: any number
	window  time.Duration // how long one lasts
	begun   time.Time     // the window of the last request
	counted int           // requests in it
}

// Authorize has every request carry a header, such as "Authorization: Bearer right-key-1". Any
// other request is answered with status 401, which does not fail the test: to see what a connector
// makes of a wrong key is mostly what a test wants it for.
func (a *API) Authorize(header string) *API {
	a.t.Helper()
	name, value, ok := strings.Cut(header, ":")
	if !ok {
		a.t.Fatalf("API.Authorize got the header %q, which must look like %q.", header,
			"Authorization: Bearer KEY")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.guard.name, a.guard.value = name, strings.TrimSpace(value)
	return a
}

// Limit answers n requests in each window, which begins with the first request after the last
// window's end. Further ones get status 429 and a Retry-After up to the end of the window, in whole
// seconds. In a [Bubble] waiting for it takes no time.
func (a *API) Limit(n int, window time.Duration) *API {
	a.t.Helper()
	if n < 1 || window <= 0 {
		a.t.Fatalf("API.Limit got %d requests in %v; both must be positive.", n, window)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.guard.most, a.guard.window = n, window
	return a
}

// admits answers a request that must not pass, and reports whether it may.
func (a *API) admits(w nethttp.ResponseWriter, r *nethttp.Request) bool {
	a.mu.Lock()
	g := &a.guard
	known := g.name == "" || r.Header.Get(g.name) == g.value
	wait := time.Duration(0)
	if known {
		wait = g.count(time.Now())
	}
	a.mu.Unlock()
	switch {
	case !known:
		refuseWith(w, nethttp.StatusUnauthorized, "the credentials are not known")
	case wait > 0:
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		refuseWith(w, nethttp.StatusTooManyRequests, "too many requests")
	}
	return known && wait == 0
}

func refuseWith(w nethttp.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"error":%q}`, why) // the client may have gone
}

// count counts a request and returns how long it has to wait for the next window; 0 when it may
// pass.
func (g *guard) count(now time.Time) time.Duration {
	if g.most == 0 {
		return 0
	}
	if now.Sub(g.begun) >= g.window {
		g.begun, g.counted = now, 0
	}
	if g.counted == g.most {
		return g.begun.Add(g.window).Sub(now)
	}
	g.counted++
	return 0
}
