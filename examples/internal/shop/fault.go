package shop

import (
	"math/rand/v2"
	nethttp "net/http"
	"strconv"
	"time"
)

// fault is a way in which a request fails on purpose.
type fault int

const (
	none fault = iota
	serverError
	tooMany
	brokenBody
	reset
	stall
	faultKinds // how many there are
)

// faults says which of the authorized requests fail, counted from 1: all of them early, so that a
// small read meets them too.
var faults = map[int64]fault{
	2: serverError, // 500, as when a server restarts
	4: tooMany,     // 429 with Retry-After
	6: brokenBody,  // the connection ends in the middle of a page
}

// nextFault counts a request and says how it fails.
func (a *API) nextFault() fault {
	n := a.asked.Add(1)
	switch luck := rand.IntN(thousand); {
	case luck < a.unkind:
		return 1 + fault(rand.IntN(int(faultKinds)-1))
	case a.faults:
		return faults[n]
	}
	return none
}

const thousand = 1000

// longestStall is how long an answer that stalls takes at most.
const longestStall = 3 * time.Second

// stallFor waits for a while, or until the client has gone away.
func stallFor(r *nethttp.Request) {
	timer := time.NewTimer(rand.N(longestStall))
	defer timer.Stop()
	select {
	case <-r.Context().Done():
	case <-timer.C:
	}
}

// breakOff sends half of the body and ends the connection. It does not return.
func breakOff(w nethttp.ResponseWriter, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body[:len(body)/2])
	if f, ok := w.(nethttp.Flusher); ok {
		f.Flush()
	}
	panic(nethttp.ErrAbortHandler) // how net/http lets a handler end the connection
}
