package cdktest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	nethttp "net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/airbyte-go/cdk/internal/memhttp"
)

// API is a fake HTTP API in memory. [Bubble] makes it; given to [Read] and its like as an
// [Option] it receives every request that the connector sends through the kit's package http,
// whatever host the request is meant for.
//
// It is strict: a request that no route matches is answered with 404 and fails the test. Routes
// keep no memory of what was asked before, so that a read can be repeated or taken up in the
// middle. Setting a route again replaces it, which lets the data grow between two reads.
//
// The methods that set something return the API, for chaining, and end the test when used
// wrongly. All methods are safe for concurrent use.
type API struct {
	t         testing.TB
	mux       *nethttp.ServeMux
	transport nethttp.RoundTripper

	mu       sync.Mutex
	patterns []string // of the routes, in the order in which they were set
	routes   map[string]nethttp.Handler
	faults   map[int]fault // by number of the call
	guard    guard
	arrived  []arrival
	blamed   map[string]bool // sentences with which the test has failed
}

// arrival is a request as it came in.
type arrival struct {
	request *nethttp.Request // without its body
	body    []byte
}

var _ nethttp.RoundTripper = (*API)(nil)

// newAPI starts an API that ends with t.
func newAPI(t testing.TB) *API {
	t.Helper()
	a := &API{
		t:      t,
		mux:    nethttp.NewServeMux(),
		routes: map[string]nethttp.Handler{},
		faults: map[int]fault{},
		blamed: map[string]bool{},
	}
	a.transport = memhttp.Serve(t, nethttp.HandlerFunc(a.serve)).Transport()
	t.Cleanup(a.mustHaveFaulted)
	return a
}

// Handle answers requests that match pattern with h, for whatever [API.Pages] and
// [API.Collection] cannot say. The pattern is one of [net/http.ServeMux], such as "/v1/records",
// "POST /v1/search", "/v1/records/{id}" or "other.example.com/v1/me".
func (a *API) Handle(pattern string, h nethttp.Handler) *API {
	a.t.Helper()
	a.mu.Lock()
	_, replaced := a.routes[pattern]
	a.routes[pattern] = h
	a.mu.Unlock()
	if !replaced {
		a.register(pattern)
	}
	return a
}

// register makes the mux look the handler up at each request, for the mux itself keeps a route
// for ever.
func (a *API) register(pattern string) {
	a.t.Helper()
	defer func() {
		a.t.Helper()
		if v := recover(); v != nil { // of ServeMux, for a pattern that is wrong or in conflict
			a.t.Fatalf("The fake API cannot have the route %q: %v.", pattern, v)
		}
	}()
	a.mux.HandleFunc(pattern, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		a.mu.Lock()
		h := a.routes[pattern]
		a.mu.Unlock()
		h.ServeHTTP(w, r)
	})
	a.mu.Lock()
	defer a.mu.Unlock()
	a.patterns = append(a.patterns, pattern)
}

// Calls returns the number of requests so far, those that failed or did not match included.
func (a *API) Calls() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.arrived)
}

// Requests returns the requests so far, in the order of their arrival. They are copies, with the
// whole body to be read. The host that was asked is in Host, and the scheme in the header
// X-Forwarded-Proto.
func (a *API) Requests() []*nethttp.Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	requests := make([]*nethttp.Request, len(a.arrived))
	for i, arrival := range a.arrived {
		requests[i] = arrival.request.Clone(context.Background())
		requests[i].Body = io.NopCloser(bytes.NewReader(arrival.body))
	}
	return requests
}

// RoundTrip sends a request to the API. It makes the API the Transport of an [net/http.Client]
// that does not come from the kit's package http.
func (a *API) RoundTrip(r *nethttp.Request) (*nethttp.Response, error) {
	sent := r.Clone(r.Context())
	sent.Header.Set(schemeHeader, r.URL.Scheme)
	resp, err := a.transport.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	resp.Request = r
	return resp, nil
}

// schemeHeader tells the API which scheme the client believes to use, for links back to it.
// Servers behind a proxy that speaks TLS for them learn it in the same way.
const schemeHeader = "X-Forwarded-Proto"

func (a *API) apply(s *settings) { s.transport = a }

// serve answers one request, with its fault if it has one.
func (a *API) serve(w nethttp.ResponseWriter, r *nethttp.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil { // the client has gone
		panic(nethttp.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if f := a.arrive(r, body); f != nil {
		f(w, r, a.answer)
		return
	}
	a.answer(w, r)
}

// arrive counts a request, and returns its fault or nil.
func (a *API) arrive(r *nethttp.Request, body []byte) fault {
	kept := r.Clone(context.Background())
	kept.Body = nil
	a.mu.Lock()
	defer a.mu.Unlock()
	a.arrived = append(a.arrived, arrival{kept, body})
	call := len(a.arrived)
	f := a.faults[call]
	delete(a.faults, call)
	return f
}

func (a *API) answer(w nethttp.ResponseWriter, r *nethttp.Request) {
	if !a.admits(w, r) {
		return
	}
	if _, pattern := a.mux.Handler(r); pattern == "" {
		a.refuse(w, r, nethttp.StatusNotFound, "no route matches; there are: "+a.known())
		return
	}
	a.mux.ServeHTTP(w, r)
}

func (a *API) known() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.patterns) == 0 {
		return "none at all"
	}
	return strings.Join(slices.Clone(a.patterns), ", ")
}

// refuse fails the test, once for each reason, and tells the connector the same.
func (a *API) refuse(w nethttp.ResponseWriter, r *nethttp.Request, status int, why string) {
	a.t.Helper()
	text := fmt.Sprintf("%s %s%s: %s.", r.Method, r.Host, r.URL.RequestURI(), why)
	a.mu.Lock()
	again := a.blamed[text]
	a.blamed[text] = true
	a.mu.Unlock()
	if !again {
		a.t.Errorf("The fake API got a request it has no answer for: %s", text)
	}
	nethttp.Error(w, text, status)
}
