// Package fakeapi stands in for the API of Acme: in the tests and, as cmd/fakeapi, on your machine.
// Make it answer like the real one, stream by stream.
package fakeapi

import (
	nethttp "net/http"
)

// New returns the API. It answers what routes lists, to who signs in.
func New() nethttp.Handler {
	return nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if !isAllowed(r) {
			refuse(w, nethttp.StatusUnauthorized, "the credentials are unknown")
			return
		}
		serve(w, r)
	})
}

// isAllowed tells whether a request signs in as config.json does.
func isAllowed(r *nethttp.Request) bool {
	return r.Header.Get("Authorization") == "Bearer fake-access-token"
}

// routes are what the API answers.
var routes = []route{
	{
		path:    "/v1/customers",
		file:    "customers.json",
		records: []string{"data"},
		pages: pages{
			kind:  byToken,
			param: "cursor",
			size:  "limit",
			next:  []string{"next_cursor"},
		},
		field: "updated_at",
		since: "updated_since",
	},
	{
		path:    "/v1/customers/{customer_id}/invoices",
		file:    "invoices.json",
		records: []string{"invoices"},
		parents: map[string]string{"customer_id": "1"},
		pages: pages{
			kind:  byNumber,
			param: "page",
			first: 1,
			last:  []string{"meta", "total_pages"},
		},
	},
	{
		path:   "/v1/customers/{customer_id}/settings",
		file:   "settings.json",
		single: true,
	},
	{
		path:  "/v1/shops/harbour/visits",
		file:  "visits.json",
		pages: pages{kind: byLink},
	},
}
