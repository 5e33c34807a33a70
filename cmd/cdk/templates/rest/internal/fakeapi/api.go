// Package fakeapi stands in for the API of Acme: in the tests and, as cmd/fakeapi, on your machine.
// Make it answer like the real one, stream by stream.
package fakeapi

import (
	_ "embed"
	nethttp "net/http"
	"strconv"
	"time"
)

// Key is the API key that each request must carry.
const Key = "fake-key-1"

// The records. Put answers of the real API here, without anything secret.
var (
	//go:embed customers.json
	customers []byte
	//go:embed invoices.json
	invoices []byte
)

// New returns the API:
//
//	GET /v1/customers?since=TIME&until=TIME&cursor=TOKEN
//	GET /v1/customers/ID/invoices?cursor=TOKEN
//
// The customers come in the order of updated_at. since leaves out the records of that moment, and
// until does not.
func New() nethttp.Handler {
	mux := nethttp.NewServeMux()
	mux.Handle("GET /v1/customers", list{load(customers), updatedBetween})
	mux.Handle("GET /v1/customers/{id}/invoices", list{load(invoices), ofCustomer})
	return withKey(mux)
}

// updatedBetween tells whether a record lies within the bounds of a request, which may be open.
func updatedBetween(r *nethttp.Request, rec record) bool {
	since, until := r.FormValue("since"), r.FormValue("until")
	return (since == "" || rec.UpdatedAt.After(moment(since))) &&
		(until == "" || !rec.UpdatedAt.After(moment(until)))
}

// ofCustomer tells whether a record belongs to the customer in the path of a request.
func ofCustomer(r *nethttp.Request, rec record) bool {
	return strconv.FormatInt(rec.CustomerID, 10) == r.PathValue("id")
}

// moment reads a time. One that is wrong is a mistake of the source, which should be heard of.
func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// withKey lets requests pass that carry the key.
func withKey(next nethttp.Handler) nethttp.Handler {
	return nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.Header.Get("Authorization") != "Bearer "+Key {
			write(w, nethttp.StatusUnauthorized, map[string]string{"message": "unknown API key"})
			return
		}
		next.ServeHTTP(w, r)
	})
}
