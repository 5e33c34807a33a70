// Package fakeapi stands in for the API of Acme: in the tests and, as cmd/fakeapi, on your machine.
// Make it answer like the real one, stream by stream.
package fakeapi

import (
	_ "embed"
	"encoding/json"
	nethttp "net/http"
	"regexp"
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

// New returns the API, which answers POST /graphql. It looks only at the connection that a query
// asks for, and at these variables:
//
//	since, until   bounds of the records' time: since leaves out that moment, until does not
//	after          the endCursor of the page before
//
// The records of a connection come in the order of their time.
func New() nethttp.Handler {
	connections := map[string]list{
		"customers": load(customers, "updatedAt"),
		"invoices":  load(invoices, "createdAt"),
	}
	mux := nethttp.NewServeMux()
	mux.HandleFunc("POST /graphql", func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.Header.Get("Authorization") != "Bearer "+Key {
			write(w, nethttp.StatusUnauthorized, failure("unknown API key"))
			return
		}
		var asked request
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			write(w, nethttp.StatusBadRequest, failure(err.Error()))
			return
		}
		name := asked.connection()
		records, ok := connections[name]
		if !ok { // a GraphQL API answers 200 all the same
			write(w, nethttp.StatusOK, failure("the query asks for no known connection"))
			return
		}
		answer := map[string]any{name: records.page(asked)}
		write(w, nethttp.StatusOK, map[string]any{"data": answer})
	})
	return mux
}

// request is the body of a request.
type request struct {
	Query     string `json:"query"`
	Variables struct {
		Since time.Time `json:"since"`
		Until time.Time `json:"until"`
		After string    `json:"after"`
	} `json:"variables"`
}

// firstField finds the first field of an operation, behind its variables.
var firstField = regexp.MustCompile(`\{\s*(\w+)`)

// connection is the name of the connection that the query asks for.
func (r request) connection() string {
	if match := firstField.FindStringSubmatch(r.Query); match != nil {
		return match[1]
	}
	return ""
}

// failure is an answer that says what is wrong.
func failure(message string) any {
	return map[string]any{"errors": []map[string]string{{"message": message}}}
}

// write answers with the JSON of a value.
func write(w nethttp.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil { // all values are our own
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone away is no concern of ours
}
