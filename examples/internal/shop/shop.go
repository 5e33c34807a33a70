// Package shop is the web API that the examples read: the back office of a made-up shop, served
// from memory.
//
//	GET /v1/{collection}?since=TIME&until=TIME&limit=N&cursor=TOKEN
//	Authorization: Bearer KEY
//
//	{"data": [{"id": 1, "updated_at": "2024-01-01T02:10:11.012Z", ...}, ...],
//	 "meta": {"next_cursor": "..."}}
//
// The collections are customers, orders and products. Their records come in the order of
// updated_at, which is never the same for two of them; while the API is up none changes. since is
// exclusive and until is inclusive: whoever asks next time, of a shop that has grown, for what is
// since the last record it has seen gets what is new or has changed and no other. A page without
// next_cursor is the last.
//
// Nothing is stored. A record is computed from its number when it is asked for, always the same,
// so a collection of ten million takes no more memory than one of ten.
//
// The API can be as unkind as real ones are: see [Options.Rate], [Options.Faults] and
// [Options.Unkind].
package shop

import (
	"cmp"
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// DefaultKey is the key that the API asks for unless told otherwise.
const DefaultKey = "shop-key-1"

// Options are what an [API] is made of. The zero value is a small, patient API without faults.
type Options struct {
	// Key is the bearer token that each request must carry. Defaults to [DefaultKey].
	Key string
	// Opened is when the shop opened; all records are later. Defaults to the beginning of 2024,
	// UTC.
	Opened time.Time
	// Size is how many records each collection starts with. Defaults to a few thousand, which
	// differ by collection.
	Size int
	// Growth says how often the shop has grown. Each time brings a few hundred records to each
	// collection, with later times than all before. Every fifth is not new: it is one that the shop
	// had before it ever grew, changed.
	Growth int
	// PageSize is the largest page. A request may ask for less with limit, and gets no more when it
	// asks for more. Defaults to 1000, which is also the most it can be.
	PageSize int
	// Rate is how many requests a second are answered, after a burst of as many; the rest is
	// refused with status 429 and Retry-After. Zero means all.
	Rate int
	// Faults makes three of the first authorized requests fail: the second gets status 500, the
	// fourth 429, and the answer to the sixth ends in the middle.
	Faults bool
	// Unkind is how many of a thousand authorized requests fail at random: with status 500 or 429,
	// with a connection that ends before the answer or in the middle of it, or with an answer that
	// takes up to three seconds. Zero means none.
	Unkind int
}

const maxPageSize = 1000

// API serves the shop. It is an [net/http.Handler], safe for concurrent use.
type API struct {
	mux         *nethttp.ServeMux
	key         string
	pageSize    int
	limiter     *rate.Limiter // nil: no limit
	faults      bool
	unkind      int // of a thousand requests
	collections map[string]*collection

	asked                       atomic.Int64 // authorized requests so far
	answered, refused           atomic.Int64
	failedCount, brokenOffCount atomic.Int64
	stalled                     atomic.Int64
}

// New returns the API of a shop.
func New(o Options) *API {
	a := &API{
		mux:         nethttp.NewServeMux(),
		key:         cmp.Or(o.Key, DefaultKey),
		pageSize:    cmp.Or(min(o.PageSize, maxPageSize), maxPageSize),
		faults:      o.Faults,
		unkind:      o.Unkind,
		collections: map[string]*collection{},
	}
	if o.Rate > 0 {
		a.limiter = rate.NewLimiter(rate.Limit(o.Rate), o.Rate)
	}
	if o.Opened.IsZero() {
		o.Opened = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	for _, k := range kinds {
		a.collections[k.name] = newCollection(k, o)
	}
	a.mux.HandleFunc("GET /v1/{collection}", a.list)
	return a
}

// Count returns how many records a collection holds.
func (a *API) Count(collection string) int { return a.collections[collection].records() }

// Stats say what the API has done so far.
type Stats struct {
	// Answered is the number of requests that got what they asked for.
	Answered int64
	// Refused is the number of requests that came too fast and were answered with 429.
	Refused int64
	// Failed is the number of requests that were answered with 500.
	Failed int64
	// BrokenOff is the number of answers that ended in the middle, or before they began.
	BrokenOff int64
	// Stalled is the number of answers that took their time.
	Stalled int64
}

// Stats returns the counts of this moment.
func (a *API) Stats() Stats {
	return Stats{
		Answered: a.answered.Load(), Refused: a.refused.Load(),
		Failed: a.failedCount.Load(), BrokenOff: a.brokenOffCount.Load(),
		Stalled: a.stalled.Load(),
	}
}

// ServeHTTP implements [net/http.Handler].
func (a *API) ServeHTTP(w nethttp.ResponseWriter, r *nethttp.Request) { a.mux.ServeHTTP(w, r) }

// list answers with one page of a collection.
func (a *API) list(w nethttp.ResponseWriter, r *nethttp.Request) {
	if r.Header.Get("Authorization") != "Bearer "+a.key {
		fail(w, nethttp.StatusUnauthorized, "the API key is not known")
		return
	}
	c, ok := a.collections[r.PathValue("collection")]
	if !ok {
		fail(w, nethttp.StatusNotFound, "there is no such collection")
		return
	}
	q, err := parseQuery(r.URL.Query(), a.pageSize)
	if err != nil {
		fail(w, nethttp.StatusBadRequest, err.Error())
		return
	}
	fault := a.nextFault()
	switch {
	case fault == serverError:
		a.failedCount.Add(1)
		fail(w, nethttp.StatusInternalServerError, "something went wrong on our side")
		return
	case fault == tooMany || !a.limiterAllows():
		a.refused.Add(1)
		w.Header().Set("Retry-After", "1")
		fail(w, nethttp.StatusTooManyRequests, "slow down")
		return
	case fault == reset:
		a.brokenOffCount.Add(1)
		panic(nethttp.ErrAbortHandler) // how net/http lets a handler end the connection
	case fault == stall:
		a.stalled.Add(1)
		stallFor(r)
	}
	body := encode(c.page(q))
	w.Header().Set("Content-Type", "application/json")
	if fault == brokenBody {
		a.brokenOffCount.Add(1)
		breakOff(w, body)
	}
	a.answered.Add(1)
	_, _ = w.Write(body) // a client that has gone away is no concern of the server
}

func (a *API) limiterAllows() bool { return a.limiter == nil || a.limiter.Allow() }

// fail answers with an error in the API's own form.
func fail(w nethttp.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encode(map[string]any{"error": map[string]any{"message": message}}))
}

func encode(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil { // all values are our own
		panic(fmt.Sprintf("shop: %v", err))
	}
	return body
}
