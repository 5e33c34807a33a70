package http_test

import (
	"encoding/json"
	nethttp "net/http"
	"net/url"
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// reports is an API that prepares a report and then hands it out.
var reports = apiFunc(func(r *nethttp.Request) string {
	switch {
	case r.Method == nethttp.MethodPost:
		return `{"id":"r1","status":"QUEUED"}`
	case r.URL.Path == "/reports/r1":
		return `{"id":"r1","status":"READY","url":"https://files.example.net/r1?signature=x"}`
	}
	return `[{"id":1},{"id":2}]`
})

// A stream of reports, one for each slice.
func ExampleJobs() {
	jobs := &http.Jobs{
		Client: http.NewClient("https://api.example.com/", http.Bearer("t0ken"), http.MaxJobs(2)),
		Create: func(s sources.Slice) *http.Request {
			return &http.Request{Path: "reports", Body: map[string]int64{"from_id": s.From.Int()}}
		},
		ID: "id",
		Poll: func(id string) *http.Request {
			return &http.Request{Path: "reports/" + url.PathEscape(id)}
		},
		PollEvery: time.Millisecond,
		Status:    "status",
		Statuses: map[string]http.JobStatus{
			"QUEUED": http.JobRunning, "READY": http.JobDone, "FAILED": http.JobFailed,
		},
		Links: "url",
	}
	read(reports, &sources.StreamOf[json.RawMessage]{
		Name:   "orders",
		Schema: sources.SchemaJSON([]byte(`{"type":"object"}`)),
		Cursor: sources.IntCursor{Field: "id"},
		Read:   jobs.Read,
	})
	// Output:
	// {"id":1}
	// {"id":2}
}
