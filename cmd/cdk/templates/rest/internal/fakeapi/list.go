package fakeapi

import (
	"cmp"
	"encoding/json"
	nethttp "net/http"
	"strconv"
	"time"
)

// pageSize is small, so that a few records make several pages.
const pageSize = 3

// record is a record as it stands in its file, and the fields that the API looks at.
type record struct {
	json.RawMessage

	CustomerID int64
	UpdatedAt  time.Time
}

// load reads a file with an array of records.
func load(file []byte) (records []record) {
	var raws []json.RawMessage
	mustRead(file, &raws)
	for _, raw := range raws {
		var fields struct {
			CustomerID int64     `json:"customer_id"`
			UpdatedAt  time.Time `json:"updated_at"`
		}
		mustRead(raw, &fields)
		records = append(records, record{raw, fields.CustomerID, fields.UpdatedAt})
	}
	return records
}

// mustRead reads JSON that belongs to the program.
func mustRead(text []byte, value any) {
	if err := json.Unmarshal(text, value); err != nil {
		panic(err)
	}
}

// list answers with those of its records that a request asks for, page by page.
type list struct {
	records []record
	keep    func(r *nethttp.Request, rec record) bool
}

// page is an answer. The token of the next one is the number of its first record.
type page struct {
	Data []json.RawMessage `json:"data"`
	Next *string           `json:"next_cursor"`
}

// ServeHTTP implements [net/http.Handler].
func (l list) ServeHTTP(w nethttp.ResponseWriter, r *nethttp.Request) {
	from, err := strconv.Atoi(cmp.Or(r.FormValue("cursor"), "0"))
	if err != nil || from < 0 {
		write(w, nethttp.StatusBadRequest, map[string]string{"message": "unknown cursor"})
		return
	}
	answer, seen := page{Data: []json.RawMessage{}}, 0
	for _, rec := range l.records {
		if !l.keep(r, rec) {
			continue
		}
		if seen++; seen <= from {
			continue
		}
		if len(answer.Data) == pageSize {
			next := strconv.Itoa(from + pageSize)
			answer.Next = &next
			break
		}
		answer.Data = append(answer.Data, rec.RawMessage)
	}
	write(w, nethttp.StatusOK, answer)
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
