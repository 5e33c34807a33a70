package http_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	nethttp "net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/internal/memhttp"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// testConfig is the config of testSource.
type testConfig struct {
	Key string `json:"key" airbyte:"secret"`
}

// testSource is a source with one stream, as an author writes it.
type testSource struct{ stream http.Stream }

func (s testSource) Streams(_ context.Context, cfg testConfig) ([]sources.Stream, error) {
	stream := s.stream
	stream.Client = http.NewClient("https://api.example.com/v1/", http.Bearer(cfg.Key))
	stream.Name = "records"
	stream.Schema = sources.SchemaJSON([]byte(`{"type":"object"}`))
	return []sources.Stream{&stream}, nil
}

// outcome is what a run of the source left.
type outcome struct {
	code     int
	records  []string
	states   int
	statuses []string
	failure  *protocol.ErrorTrace
	calls    int
	took     time.Duration
}

// run reads the stream of s from an API in memory, under virtual time.
func run(t *testing.T, s http.Stream, handle func(w nethttp.ResponseWriter, r *nethttp.Request,
	n int)) outcome {
	t.Helper()
	var got outcome
	var mu sync.Mutex
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		server := memhttp.Serve(t, nethttp.HandlerFunc(func(w nethttp.ResponseWriter,
			r *nethttp.Request) {
			mu.Lock()
			got.calls++
			n := got.calls
			mu.Unlock()
			handle(w, r, n)
		}))
		config := filepath.Join(t.TempDir(), "config.json")
		require.NoError(t, os.WriteFile(config, []byte(`{"key":"SECRET"}`), 0o600))
		var stdout bytes.Buffer
		ctx := http.WithTransport(t.Context(), server.Transport())
		got.code = sources.Run(ctx, testSource{s}, sources.Process{
			Args: []string{"read", "--config", config}, Out: &stdout, Err: io.Discard,
		})
		got.took = time.Since(start)
		assert.NotContains(t, stdout.String(), "SECRET")
		got.collect(t, &stdout)
	})
	return got
}

func (o *outcome) collect(t *testing.T, stdout io.Reader) {
	t.Helper()
	for m, err := range protocol.NewReader(stdout, protocol.ReaderOptions{}).Messages() {
		require.NoError(t, err)
		switch {
		case m.Record != nil:
			o.records = append(o.records, string(m.Record.Data))
		case m.State != nil:
			o.states++
		case m.Trace != nil && m.Trace.StreamStatus != nil:
			status := string(m.Trace.StreamStatus.Status)
			if len(m.Trace.StreamStatus.Reasons) > 0 {
				status += " " + string(m.Trace.StreamStatus.Reasons[0].Type)
			}
			o.statuses = append(o.statuses, status)
		case m.Trace != nil && m.Trace.Error != nil:
			require.Nil(t, o.failure, "one ERROR trace for one failed stream")
			o.failure = m.Trace.Error
		}
	}
}

func send(w nethttp.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

const twoRecords = `{"data":[{"id":1},{"id":2}]}`

// TestFaultsThatPass: the sync succeeds and no record is lost or repeated.
func TestFaultsThatPass(t *testing.T) {
	t.Parallel()
	after := func(status int, retryAfter func() string) func(nethttp.ResponseWriter) {
		return func(w nethttp.ResponseWriter) {
			if value := retryAfter(); value != "" {
				w.Header().Set("Retry-After", value)
			}
			w.WriteHeader(status)
		}
	}
	fixed := func(s string) func() string { return func() string { return s } }
	for _, tt := range []struct {
		name     string
		fault    func(w nethttp.ResponseWriter)
		min, max time.Duration
		limited  bool
	}{
		{"429 without Retry-After", after(429, fixed("")), 0, time.Second, true},
		{"429 with seconds", after(429, fixed("120")), 2 * time.Minute, 2 * time.Minute, true},
		{"429 with a date", after(429, func() string {
			return time.Now().Add(2 * time.Minute).UTC().Format(nethttp.TimeFormat)
		}), 2*time.Minute - time.Second, 2 * time.Minute, true},
		{"429 with a negative number", after(429, fixed("-3")), 0, time.Second, true},
		{"500", after(500, fixed("")), 0, time.Second, false},
		{"connection reset before the answer", func(nethttp.ResponseWriter) {
			panic(nethttp.ErrAbortHandler)
		}, 0, time.Second, false},
		{"connection reset mid-body", func(w nethttp.ResponseWriter) {
			w.Header().Set("Content-Length", strconv.Itoa(len(twoRecords)))
			_, _ = io.WriteString(w, twoRecords[:20])
			panic(nethttp.ErrAbortHandler)
		}, 0, time.Second, false},
		{"truncated JSON", func(w nethttp.ResponseWriter) { send(w, 200, twoRecords[:20]) }, 0,
			time.Second, false},
		{"no answer", func(nethttp.ResponseWriter) { time.Sleep(2 * time.Minute) },
			time.Minute, time.Minute + time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := run(t, http.Stream{Path: "records", Records: http.Field("data")},
				func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
					if n == 1 {
						tt.fault(w)
						return
					}
					send(w, 200, twoRecords)
				})
			require.Zero(t, got.code, got.failure)
			assert.Equal(t, []string{`{"id":1}`, `{"id":2}`}, got.records)
			assert.Equal(t, 2, got.calls)
			assert.GreaterOrEqual(t, got.took, tt.min)
			assert.LessOrEqual(t, got.took, tt.max)
			assert.Equal(t, tt.limited, strings.Contains(fmt.Sprint(got.statuses),
				"RUNNING RATE_LIMITED"))
			assert.Equal(t, "COMPLETE", got.statuses[len(got.statuses)-1])
			assert.Positive(t, got.states)
		})
	}
}

// TestFaultsThatStay: one ERROR trace with a sentence, the stream INCOMPLETE, exit 1.
func TestFaultsThatStay(t *testing.T) {
	t.Parallel()
	status := func(code int, body string) func(nethttp.ResponseWriter) {
		return func(w nethttp.ResponseWriter) { send(w, code, body) }
	}
	for _, tt := range []struct {
		name    string
		fault   func(w nethttp.ResponseWriter)
		kind    protocol.FailureType
		want    string
		calls   int
		records int
	}{
		{"401", status(401, `{"message":"Bad token SECRET"}`), protocol.ConfigError,
			`the API refused the credentials (401 Unauthorized): "Bad token ****".`, 1, 0},
		{"403", status(403, ""), protocol.ConfigError, "the API denied access (403 Forbidden).", 1,
			0},
		{"404", status(404, ""), protocol.SystemError, "the API has nothing at this address", 1, 0},
		{"429 with an absurd Retry-After", func(w nethttp.ResponseWriter) {
			w.Header().Set("Retry-After", "99999999999999")
			w.WriteHeader(429)
		}, protocol.TransientError, "which is longer than this connector waits", 1, 0},
		{"500 for ever", status(500, ""), protocol.TransientError, "It was tried 6 times in ", 6,
			0},
		{"truncated JSON for ever", status(200, twoRecords[:20]), protocol.TransientError,
			"the JSON of the answer ends early", 6, 0},
		{"a server that never answers", func(nethttp.ResponseWriter) { time.Sleep(time.Hour) },
			protocol.TransientError, "no answer: it took longer than 1m0s.", 6, 0},
		{"HTML", func(w nethttp.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html><title>Log in</title></html>")
		}, protocol.SystemError, `the answer is a web page (text/html) titled "Log in"`, 1, 0},
		{"an empty body", status(200, ""), protocol.SystemError, "the answer is empty", 1, 0},
		{"a missing records path", status(200, `{"items":[]}`), protocol.SystemError,
			`the answer has no records at "data"`, 1, 0},
		{"a record that is no object", status(200, `{"data":[{"id":1},"x"]}`), protocol.SystemError,
			`record 2 at "data" is a string`, 1, 0},
		{"an empty record", status(200, `{"data":[{"id":1},{}]}`), protocol.SystemError,
			`empty record {}`, 1, 1},
		{"text after the JSON", status(200, twoRecords+twoRecords), protocol.SystemError,
			`goes on after its end`, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := run(t, http.Stream{Path: "records", Records: http.Field("data")},
				func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) { tt.fault(w) })
			assert.Equal(t, 1, got.code)
			require.NotNil(t, got.failure)
			assert.Contains(t, got.failure.Message, tt.want)
			assert.Equal(t, tt.kind, got.failure.FailureType)
			require.NotNil(t, got.failure.Descriptor)
			assert.Equal(t, "records", got.failure.Descriptor.Name)
			assert.Equal(t, tt.calls, got.calls)
			assert.Len(t, got.records, tt.records)
			assert.Equal(t, "INCOMPLETE", got.statuses[len(got.statuses)-1])
		})
	}
}

// TestPaginationFaults: loops end with an error that names the place.
func TestPaginationFaults(t *testing.T) {
	t.Parallel()
	next := http.NextToken{At: "next", Param: "cursor"}
	for _, tt := range []struct {
		name string
		body func(n int) string
		want string
	}{
		{"a token that repeats", func(n int) string {
			return fmt.Sprintf(`{"data":[{"id":%d}],"next":"same"}`, n)
		}, `page 2 names the same next page as page 1 did (at "next")`},
		{"empty pages without end", func(n int) string {
			return fmt.Sprintf(`{"data":[],"next":%d}`,
				n)
		},
			"Pages 1 to 1000 have no records"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := run(t, http.Stream{Path: "records", Records: http.Field("data"), Pages: next},
				func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
					send(w, 200,
						tt.body(n))
				})
			assert.Equal(t, 1, got.code)
			require.NotNil(t, got.failure)
			assert.Contains(t, got.failure.Message, tt.want)
			assert.Equal(t, protocol.SystemError, got.failure.FailureType)
		})
	}
}

// TestAwkwardRecords: what is valid arrives as it was sent, on one line.
func TestAwkwardRecords(t *testing.T) {
	t.Parallel()
	large := `{"text":"` + strings.Repeat("x", 50<<20) + `"}`
	for name, tt := range map[string]struct{ record, want string }{
		"numbers beyond 64 bits": {
			`{"n":123456789012345678901234567890,"f":1.000000000000000000001e400}`, ""},
		"invalid UTF-8":   {"{\"s\":\"a\xffb\\ud800\"}", ""},
		"duplicate names": {`{"a":1,"a":2}`, ""},
		"raw newlines":    {"{\r\n  \"a\": [\n1]\n}", "{    \"a\": [ 1] }"},
		"50 MiB":          {large, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := run(t, http.Stream{Path: "records", Records: http.Field("data")},
				func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
					send(w, 200, `{"data":[`+tt.record+`]}`)
				})
			require.Zero(t, got.code, got.failure)
			require.Len(t, got.records, 1)
			if tt.want == "" {
				tt.want = tt.record
			}
			same := tt.want == got.records[0] // a diff of 50 MiB would take hours
			assert.True(t, same, "%.200q", got.records[0])
		})
	}
}

// TestSlicesReachTheAPI: the bounds of the slices arrive as parameters.
func TestSlicesReachTheAPI(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var queries []string
	got := run(t, http.Stream{
		Path: "records", Query: http.Params{"since": "{from}", "until": "{to}", "fixed": "x"},
		Cursor: sources.TimeCursor{
			Field: "at", Start: time.Date(1999, 12, 1, 0, 0, 0, 0, time.UTC),
			Step:    15 * 24 * time.Hour,
			Formats: []string{time.DateOnly},
		},
	}, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		mu.Lock()
		queries = append(queries, r.URL.RawQuery)
		mu.Unlock()
		send(w, 200, fmt.Sprintf(`[{"id":%d,"at":%q}]`, n, r.URL.Query().Get("since")))
	})
	require.Zero(t, got.code, got.failure)
	assert.Len(t, got.records, len(queries))
	slices.Sort(queries)
	require.Len(t, queries, 3)
	for i, from := range []string{"1999-12-01", "1999-12-16", "1999-12-31"} {
		assert.Contains(t, queries[i], "fixed=x&since="+from+"&until=")
	}
}

// TestDiscoverReportsATemplate: a mistake in a template is found before anything is read.
func TestDiscoverReportsATemplate(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "config.json")
	require.NoError(t, os.WriteFile(config, []byte(`{"key":"SECRET"}`), 0o600))
	var stdout bytes.Buffer
	code := sources.Run(t.Context(), testSource{http.Stream{Path: "r/{form}"}}, sources.Process{
		Args: []string{"discover", "--config", config}, Out: &stdout, Err: io.Discard,
	})
	assert.Equal(t, 1, code)
	assert.Contains(t, stdout.String(), "its Path has the unknown placeholder {form}; known are "+
		"{from} and {to}.")
	assert.True(t, json.Valid(bytes.TrimSpace(bytes.Split(stdout.Bytes(), []byte("\n"))[0])))
}
