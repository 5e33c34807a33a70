package cdktest

import (
	"fmt"
	"maps"
	nethttp "net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
)

// fault is what happens to a call instead of its answer, which it may still ask for.
type fault func(w nethttp.ResponseWriter, r *nethttp.Request, answer nethttp.HandlerFunc)

// Fail answers the given call with a status instead of its route. Calls are counted over the
// whole API from 1; the next one is Calls() + 1. A header is written as "Retry-After: 120".
//
// Each fault happens once. One that has not happened when the test ends fails it, because the
// test does not prove what it seems to.
func (a *API) Fail(call, status int, header ...string) *API {
	a.t.Helper()
	fields := nethttp.Header{"Content-Type": {"application/json"}}
	for _, line := range header {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			a.t.Fatalf("API.Fail got the header %q, which must look like %q.", line, "Name: value")
		}
		fields.Set(name, strings.TrimSpace(value))
	}
	return a.plan(call, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ nethttp.HandlerFunc) {
		maps.Copy(w.Header(), fields)
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"error":"the test lets call %d fail"}`, call)
	})
}

// Break lets the connection die in the middle of the answer to the given call: half of the body
// arrives, and then nothing. See [API.Fail] for how calls are counted.
func (a *API) Break(call int) *API {
	a.t.Helper()
	return a.plan(call, breakOff)
}

func breakOff(w nethttp.ResponseWriter, r *nethttp.Request, answer nethttp.HandlerFunc) {
	whole := httptest.NewRecorder()
	answer(whole, r)
	body := whole.Body.Bytes()
	maps.Copy(w.Header(), whole.Header())
	w.Header().Set("Content-Length", strconv.Itoa(max(len(body), 1)))
	w.WriteHeader(whole.Code)
	_, _ = w.Write(body[:len(body)/2])
	_ = nethttp.NewResponseController(w).Flush() // the client may have gone
	panic(nethttp.ErrAbortHandler)
}

// Hang never answers the given call; it ends when the client gives up. See [API.Fail] for how
// calls are counted.
func (a *API) Hang(call int) *API {
	a.t.Helper()
	return a.plan(call, hang)
}

func hang(_ nethttp.ResponseWriter, r *nethttp.Request, _ nethttp.HandlerFunc) {
	<-r.Context().Done()
	panic(nethttp.ErrAbortHandler)
}

func (a *API) plan(call int, f fault) *API {
	a.t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	switch calls := len(a.arrived); {
	case call < 1:
		a.t.Fatalf("Call %d cannot fail: calls are counted from 1.", call)
	case call <= calls:
		a.t.Fatalf("Call %d cannot fail: there have been %d calls already, and they are counted "+
			"over the whole API. Use api.Calls() + 1 for the next one.", call, calls)
	}
	a.faults[call] = f
	return a
}

// mustHaveFaulted fails a test that planned faults in vain.
func (a *API) mustHaveFaulted() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, call := range slices.Sorted(maps.Keys(a.faults)) {
		a.t.Errorf("The fault planned for call %d never happened: there were only %d calls.",
			call, len(a.arrived))
	}
}
