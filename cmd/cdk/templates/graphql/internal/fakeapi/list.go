package fakeapi

import (
	"encoding/json"
	"strconv"
	"time"
)

// pageSize is small, so that a few records make several pages.
const pageSize = 3

// list is the records of a connection, in the order of their time.
type list []record

// record is a record as it stands in its file, and its time.
type record struct {
	raw  json.RawMessage
	time time.Time
}

// load reads a file with an array of records. The field named at holds the time of each.
func load(file []byte, at string) (records list) {
	var raws []json.RawMessage
	mustRead(file, &raws)
	for _, raw := range raws {
		var fields map[string]json.RawMessage
		mustRead(raw, &fields)
		rec := record{raw: raw}
		mustRead(fields[at], &rec.time)
		records = append(records, rec)
	}
	return records
}

// mustRead reads JSON that belongs to the program.
func mustRead(text []byte, value any) {
	if err := json.Unmarshal(text, value); err != nil {
		panic(err)
	}
}

// page is an answer. The cursor of a page is the number of the records up to its end.
type page struct {
	Nodes []json.RawMessage `json:"nodes"`
	Info  pageInfo          `json:"pageInfo"`
}

type pageInfo struct {
	EndCursor   string `json:"endCursor"`
	HasNextPage bool   `json:"hasNextPage"`
}

// page returns the records that a request asks for.
func (l list) page(asked request) page {
	from, _ := strconv.Atoi(asked.Variables.After) // 0: from the start
	answer := page{Nodes: []json.RawMessage{}}
	seen := 0
	for _, rec := range l {
		if !asked.wants(rec) {
			continue
		}
		if seen++; seen <= from {
			continue
		}
		if len(answer.Nodes) == pageSize {
			answer.Info.HasNextPage = true
			break
		}
		answer.Nodes = append(answer.Nodes, rec.raw)
	}
	answer.Info.EndCursor = strconv.Itoa(from + len(answer.Nodes))
	return answer
}

// wants tells whether a record lies within the bounds of a request, which may be open.
func (r request) wants(rec record) bool {
	since, until := r.Variables.Since, r.Variables.Until
	return rec.time.After(since) && (until.IsZero() || !rec.time.After(until))
}
