package shop

import (
	nethttp "net/http"
	"strconv"
)

// fault is a way in which a request fails on purpose.
type fault int

const (
	none fault = iota
	serverError
	tooMany
	brokenBody
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
	if !a.faults {
		return none
	}
	return faults[n]
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
