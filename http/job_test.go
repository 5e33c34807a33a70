package http

import (
	"context"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// reports is an API whose n-th job, from 1, takes the statuses of its script one poll after the
// other and stays in the last.
type reports struct {
	mu      sync.Mutex
	scripts [][]string
	polls   map[string]int
	live    int
	most    int
	log     []string
}

func (a *reports) serve(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.Host == "files.example.net" {
		_, _ = io.WriteString(w, `[{"id":"`+r.URL.Path+`","auth":"`+
			r.Header.Get("Authorization")+`"}]`)
		return
	}
	id := strings.TrimPrefix(r.URL.Path, "/v1/reports/")
	a.log = append(a.log, strings.ToLower(r.Method)+strings.TrimPrefix(r.URL.Path, "/v1/reports"))
	switch {
	case r.Method == nethttp.MethodPost && r.URL.Path == "/v1/reports":
		a.live++
		a.most = max(a.most, a.live)
		if a.polls == nil {
			a.polls = map[string]int{}
		}
		a.polls[fmt.Sprint(len(a.polls)+1)] = 0
		w.Header().Set("Location", fmt.Sprintf("/v1/reports/%d", len(a.polls)))
		respond(w, 202, fmt.Sprintf(`{"report":{"id":%d}}`, len(a.polls)))
	case r.Method == nethttp.MethodDelete:
		a.live--
		w.WriteHeader(204)
	case strings.HasSuffix(id, "/result"):
		_, _ = io.WriteString(w, `[{"of":"`+strings.TrimSuffix(id, "/result")+`"}]`)
	case strings.HasSuffix(id, "/stop"):
	default:
		a.status(w, id)
	}
}

func (a *reports) status(w nethttp.ResponseWriter, id string) {
	var number int
	_, _ = fmt.Sscan(id, &number)
	script := a.scripts[min(number, len(a.scripts))-1]
	status := script[min(a.polls[id], len(script)-1)]
	a.polls[id]++
	switch status {
	case "500":
		w.WriteHeader(500)
	case "wait":
		w.Header().Set("Retry-After", "600")
		respond(w, 200, `{"state":"running"}`)
	default:
		respond(w, 200, fmt.Sprintf(`{"state":%q,"links":["https://files.example.net/a",`+
			`"https://files.example.net/b"],"none":null,"empty":[],"one":"reports/%s/result"}`,
			status, id))
	}
}

func (a *reports) calls() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Join(a.log, " ")
}

// newJobs describes the jobs of the API.
func newJobs(c *Client) *Jobs {
	at := func(method, path string) func(string) *Request {
		return func(id string) *Request {
			return &Request{Method: method, Path: "reports/" + id + path}
		}
	}
	return &Jobs{
		Client: c,
		Create: func(sources.Slice) *Request { return &Request{Method: "POST", Path: "reports"} },
		ID:     "report.id",
		Poll:   at("GET", ""),
		Status: "state",
		Statuses: map[string]JobStatus{
			"running": JobRunning, "done": JobDone, "failed": JobFailed, "empty": JobEmpty,
		},
		Download: at("GET", "/result"),
		Abort:    at("POST", "/stop"),
		Delete:   at("DELETE", ""),
	}
}

// collect reads one slice.
func collect(ctx context.Context, j *Jobs) (records []string, err error) {
	for record, failed := range j.Read(ctx, sources.Slice{}) {
		if failed != nil {
			return records, failed
		}
		records = append(records, string(record))
	}
	return records, nil
}

func TestJobs(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		scripts [][]string
		change  func(j *Jobs)
		want    []string
		calls   string
	}{
		"a result of its own": {
			[][]string{{"running", "done"}}, func(*Jobs) {}, []string{`{"of":"1"}`},
			"post get/1 get/1 get/1/result delete/1",
		},
		"links to another host": {
			[][]string{{"done"}}, func(j *Jobs) { j.Links = "links" },
			[]string{`{"id":"/a","auth":""}`, `{"id":"/b","auth":""}`}, "post get/1 delete/1",
		},
		"one link": {
			[][]string{{"done"}}, func(j *Jobs) { j.Links = "one" }, []string{`{"of":"1"}`},
			"post get/1 get/1/result delete/1",
		},
		"a link that is null": {
			[][]string{{"done"}}, func(j *Jobs) { j.Links = "none" }, nil, "post get/1 delete/1",
		},
		"no links": {
			[][]string{{"done"}}, func(j *Jobs) { j.Links = "empty" }, nil, "post get/1 delete/1",
		},
		"without records": {
			[][]string{{"empty"}}, func(*Jobs) {}, nil, "post get/1 delete/1",
		},
		"by its location": {
			[][]string{{"done"}}, func(j *Jobs) {
				j.ID, j.Poll, j.Links, j.Delete = "", nil, "one", nil
			},
			[]string{`{"of":"1"}`}, "post get/1 get/1/result",
		},
		"a second attempt": {
			[][]string{{"running", "failed"}, {"done"}}, func(*Jobs) {}, []string{`{"of":"2"}`},
			"post get/1 get/1 delete/1 post get/2 get/2/result delete/2",
		},
		"polls without an answer": {
			[][]string{{"running", "500", "500", "done"}}, func(*Jobs) {}, []string{`{"of":"1"}`},
			"post get/1 get/1 get/1 get/1 get/1/result delete/1",
		},
		"nothing to clean up with": {
			[][]string{{"done"}}, func(j *Jobs) { j.Abort, j.Delete = nil, nil },
			[]string{`{"of":"1"}`}, "post get/1 get/1/result",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &reports{scripts: tt.scripts}
			bubble(t, api.serve, func(b *bundle) {
				j := newJobs(NewClient(base, Retries(0), Bearer("SECRET")))
				tt.change(j)
				records, err := collect(b.ctx, j)
				require.NoError(b, err)
				assert.Equal(b, tt.want, records)
				assert.Equal(b, tt.calls, api.calls())
			})
		})
	}
}

func TestJobsThatFail(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		scripts [][]string
		change  func(j *Jobs)
		kind    protocol.FailureType
		want    string
		calls   string
	}{
		"three times": {
			[][]string{{"failed"}}, func(*Jobs) {}, protocol.TransientError,
			`Job "3" failed: its status is "failed". It was tried 3 times. A later sync may ` +
				`succeed; if this stays, ask the API's operator.`,
			"post get/1 delete/1 post get/2 delete/2 post get/3 delete/3",
		},
		"too slow": {
			[][]string{{"running"}}, func(j *Jobs) { j.Attempts, j.Timeout = 1, 10*time.Second },
			protocol.TransientError,
			`Job "1" did not end within 10s. It was tried 1 times. A later sync may succeed; if ` +
				`this stays, ask the API's operator.`,
			"post get/1 get/1 post/1/stop delete/1",
		},
		"unknown status": {
			[][]string{{"running", "wEird"}}, func(*Jobs) {}, protocol.SystemError,
			`Job "1" has the status "wEird", which the connector does not know: report it to its ` +
				`maintainer, who adds it to the Statuses of the stream's jobs.`,
			"post get/1 get/1 post/1/stop delete/1",
		},
		"no status": {
			[][]string{{"done"}}, func(j *Jobs) { j.Status = "none" }, protocol.SystemError,
			`GET https://api.example.com/v1/reports/1: the answer has no status at "none"; its ` +
				`members are ["state" "links" "none" "empty" "one"]. Correct the path in the ` +
				`connector.`,
			"post get/1 post/1/stop delete/1",
		},
		"no ID": {
			[][]string{{"done"}}, func(j *Jobs) { j.ID = "id" }, protocol.SystemError,
			`POST https://api.example.com/v1/reports: the answer has no job ID at "id"; its ` +
				`members are ["report"]. Correct the path in the connector.`,
			"post",
		},
		"no link": {
			[][]string{{"done"}}, func(j *Jobs) { j.Links = "link" }, protocol.SystemError,
			`Job "1" is done, but the answer has no link to its result at "link"; its members are ` +
				`["state" "links" "none" "empty" "one"]. Correct the path in the connector.`,
			"post get/1 delete/1",
		},
		"three polls without an answer": {
			[][]string{{"500"}}, func(*Jobs) {}, protocol.TransientError,
			`GET https://api.example.com/v1/reports/1: the API failed (500 Internal Server Error). ` +
				`A later sync may succeed; if this stays, ask the API's operator.`,
			"post get/1 get/1 get/1 post/1/stop delete/1",
		},
		"an author's mistake": {
			nil, func(j *Jobs) { j.Statuses = nil }, protocol.SystemError, "The jobs of the " +
				"stream have no Statuses. This is a defect of the connector: report it to its " +
				"maintainer.",
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &reports{scripts: tt.scripts}
			bubble(t, api.serve, func(b *bundle) {
				j := newJobs(NewClient(base, Retries(0)))
				tt.change(j)
				records, err := collect(b.ctx, j)
				requireError(b, err, tt.kind, tt.want)
				assert.Empty(b, records)
				assert.Equal(b, tt.calls, api.calls())
			})
		})
	}
}

func TestJobsArePolledLessAndLessOften(t *testing.T) {
	t.Parallel()
	api := &reports{scripts: [][]string{{
		"running", "running", "running", "running", "running", "running", "running", "wait", "done",
	}}}
	bubble(t, api.serve, func(b *bundle) {
		signs := 0
		ctx := hook.With(b.ctx, &hook.Hooks{Progress: func() { signs++ }})
		j := newJobs(NewClient(base))
		j.PollMost = 30 * time.Second
		_, err := collect(ctx, j)
		require.NoError(b, err)
		var waits []time.Duration
		calls := b.arrivals()
		for i := 1; i <= 9; i++ {
			waits = append(waits, calls[i].after-calls[i-1].after)
		}
		for i, want := range []float64{5, 7.5, 11.25, 16.875, 25.3, 30, 30, 30} {
			assert.InDelta(b, want, waits[i].Seconds(), want/5+0.1, i)
		}
		assert.Equal(b, 10*time.Minute, waits[8], "as the API asked")
		assert.GreaterOrEqual(b, signs, 9+10, "one for each request and for each minute")
	})
}

func TestJobsOfAllStreamsTakeTurns(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		options []Option
		most    int
	}{{nil, 1}, {[]Option{MaxJobs(3)}, 3}} {
		api := &reports{scripts: [][]string{{"running", "done"}}}
		bubble(t, api.serve, func(b *bundle) {
			c := NewClient(base, tt.options...)
			var flight sync.WaitGroup
			for range 6 {
				flight.Go(func() {
					records, err := collect(b.ctx, newJobs(c))
					assert.NoError(b, err)
					assert.Len(b, records, 1)
				})
			}
			flight.Wait()
			assert.Equal(b, tt.most, api.most)
			assert.Zero(b, api.live)
		})
	}
	assert.Panics(t, func() { MaxJobs(0) })
}

func TestJobsThatAreCancelled(t *testing.T) {
	t.Parallel()
	api := &reports{scripts: [][]string{{"running"}}}
	bubble(t, api.serve, func(b *bundle) {
		c := NewClient(base)
		ctx, stop := context.WithCancelCause(b.ctx)
		why := errors.New("the platform wants it so")
		var flight sync.WaitGroup
		for range 2 { // one waits for its job, the other for its turn
			flight.Go(func() {
				_, err := collect(ctx, newJobs(c))
				assert.ErrorIs(b, err, why)
			})
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		stop(why)
		flight.Wait()
		assert.Equal(b, time.Minute, time.Since(b.start))
		assert.Equal(b, "post/1/stop delete/1", api.calls()[len(api.calls())-20:])
	})
}

// A caller that has seen enough, as with --limit, leaves no job behind either.
func TestJobsWhoseCallerStops(t *testing.T) {
	t.Parallel()
	api := &reports{scripts: [][]string{{"done"}}}
	bubble(t, api.serve, func(b *bundle) {
		j := newJobs(NewClient(base))
		j.Links = "links"
		for range j.Read(b.ctx, sources.Slice{}) {
			break
		}
		assert.Equal(b, "post get/1 delete/1", api.calls())
		assert.Len(b, b.arrivals(), 4, "the second result was not asked for")
	})
}

// A host is the same in whatever case a link spells it.
func TestLinksToTheHostOfTheClient(t *testing.T) {
	t.Parallel()
	c := NewClient(base)
	assert.Same(t, c, c.serving("reports/1/result"))
	assert.Same(t, c, c.serving("https://API.example.com/v1/reports/1/result"))
	assert.NotSame(t, c, c.serving("https://files.example.net/1"))
}
