package http_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
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

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/internal/memhttp"
	"github.com/airbyte-go/cdk/sources"
)

// slicedSource is a source with one stream in slices of 100 IDs.
type slicedSource struct {
	slices int
	stream http.Stream
	opts   []http.Option
}

func (s slicedSource) Streams(context.Context, struct{}) ([]sources.Stream, error) {
	stream := s.stream
	stream.Client = http.NewClient("https://api.example.com", s.opts...)
	stream.Name, stream.Schema = "records", sources.SchemaJSON([]byte(`{"type":"object"}`))
	stream.Query = http.Params{"from": "{from}", "to": "{to}"}
	stream.Cursor = sources.IntCursor{
		Field: "id", Step: 100, Start: 1, End: int64(100*s.slices + 1), // which is exclusive
	}
	return []sources.Stream{&stream}, nil
}

// read reads the source with a number of workers, inside a bubble.
func (s slicedSource) read(t *testing.T, workers int, h nethttp.HandlerFunc) outcome {
	t.Helper()
	start := time.Now()
	dir := t.TempDir()
	config, catalog := filepath.Join(dir, "config.json"), filepath.Join(dir, "catalog.json")
	require.NoError(t, os.WriteFile(config, []byte(`{}`), 0o600))
	require.NoError(t, os.WriteFile(catalog, []byte(`{"streams":[{"stream":{"name":"records",`+
		`"json_schema":{"type":"object"},"supported_sync_modes":["full_refresh","incremental"]},`+
		`"sync_mode":"incremental","destination_sync_mode":"append"}]}`), 0o600))
	var stdout bytes.Buffer
	ctx := http.WithTransport(t.Context(), memhttp.Serve(t, h).Transport())
	code := sources.Run(ctx, s, sources.Process{
		Args: []string{"read", "--config", config, "--catalog", catalog}, Out: &stdout,
		Err: io.Discard,
	}, sources.Concurrency(workers))
	got := outcome{code: code, took: time.Since(start)}
	got.collect(t, &stdout)
	return got
}

// TestSlicesShareTheLatency: with as many workers as slices a read takes the time of one slice.
func TestSlicesShareTheLatency(t *testing.T) {
	t.Parallel()
	const latency, pages = 50 * time.Millisecond, 10
	took := map[int]time.Duration{}
	for _, workers := range []int{1, 16} {
		synctest.Test(t, func(t *testing.T) {
			source := slicedSource{slices: 16, stream: http.Stream{
				Path: "records", Records: http.Field("data"),
				Pages: http.NextToken{At: "next", Param: "cursor"},
			}}
			got := source.read(t, workers, func(w nethttp.ResponseWriter, r *nethttp.Request) {
				time.Sleep(latency)
				page, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
				id, _ := strconv.Atoi(r.URL.Query().Get("from"))
				next := "null"
				if page+1 < pages {
					next = strconv.Itoa(page + 1)
				}
				send(w, 200, fmt.Sprintf(`{"data":[{"id":%d}],"next":%s}`, id+page, next))
			})
			require.Zero(t, got.code, got.failure)
			require.Len(t, got.records, 16*pages)
			took[workers] = got.took
		})
	}
	assert.Equal(t, 16*pages*latency, took[1])
	assert.InDelta(t, 1.0/16, float64(took[16])/float64(took[1]), 0.005)
}

// soakAPI holds records and sends them on pages of 20, in trouble most of the time.
type soakAPI struct {
	mu      sync.Mutex
	rng     *rand.Rand
	until   time.Time // it refuses everything before
	refused int
	faults  map[string]int
}

// fault rolls the dice. The answer goes wrong in some way, mostly for a single time; what is
// refused as too many is refused for a while.
func (a *soakAPI) fault() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	fault := ""
	switch dice := a.rng.IntN(1000); {
	case time.Now().Before(a.until):
		a.refused++
		fault = "429"
	case dice < 20:
		a.until = time.Now().Add(time.Duration(5+a.rng.IntN(60)) * time.Second)
		fault = "429"
	case dice < 50:
		fault = []string{"500", "502", "503", "408"}[dice%4]
	case dice < 70:
		fault = "reset"
	case dice < 85:
		fault = "break"
	case dice < 100:
		fault = "truncate"
	case dice < 110:
		fault = "stall"
	case dice < 120:
		fault = "hang"
	case dice < 200:
		fault = "slow"
	}
	a.faults[fault]++
	return fault
}

func (a *soakAPI) serve(w nethttp.ResponseWriter, r *nethttp.Request) {
	time.Sleep(300 * time.Millisecond)
	body, packed := a.page(r)
	if packed {
		w.Header().Set("Content-Encoding", "gzip")
	}
	half := body[:len(body)/2]
	switch fault := a.fault(); fault {
	case "429":
		a.refuse(w)
	case "500", "502", "503", "408":
		status, _ := strconv.Atoi(fault)
		w.Header().Del("Content-Encoding")
		send(w, status, `{"error":"out of order"}`)
	case "reset":
		panic(nethttp.ErrAbortHandler)
	case "break":
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(half)
		panic(nethttp.ErrAbortHandler)
	case "truncate":
		_, _ = w.Write(half)
	case "stall":
		_, _ = w.Write(half)
		w.(nethttp.Flusher).Flush()
		time.Sleep(2 * time.Minute)
	case "hang":
		time.Sleep(2 * time.Minute)
	case "slow":
		for part := range slices.Chunk(body, len(body)/5+1) {
			_, _ = w.Write(part)
			w.(nethttp.Flusher).Flush()
			time.Sleep(20 * time.Second)
		}
	default:
		_, _ = w.Write(body)
	}
}

// refuse says in one of three ways when the rate limit ends, or not at all.
func (a *soakAPI) refuse(w nethttp.ResponseWriter) {
	a.mu.Lock()
	left := max(time.Until(a.until), 0)
	form := a.rng.IntN(4)
	a.mu.Unlock()
	seconds := int64(left/time.Second) + 1
	switch form {
	case 0:
		w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
	case 1:
		w.Header().Set("X-Ratelimit-Reset", strconv.FormatInt(time.Now().Unix()+seconds, 10))
	case 2:
		w.Header().Set("Ratelimit", fmt.Sprintf(`"burst";r=0;t=%d`, seconds))
	}
	w.Header().Del("Content-Encoding")
	w.WriteHeader(nethttp.StatusTooManyRequests)
}

// page returns the body for a request, packed for every third page.
func (a *soakAPI) page(r *nethttp.Request) (body []byte, packed bool) {
	q := r.URL.Query()
	from, _ := strconv.Atoi(q.Get("from"))
	to, _ := strconv.Atoi(q.Get("to"))
	if cursor := q.Get("cursor"); cursor != "" {
		from, _ = strconv.Atoi(cursor)
	}
	var records []string
	id := from
	for ; id < to && len(records) < 20; id++ {
		records = append(records, soakRecord(id))
	}
	next := "null"
	if id < to {
		next = strconv.Itoa(id)
	}
	text := fmt.Appendf(nil, `{"data":[%s],"next":%s}`, strings.Join(records, ","), next)
	if from%3 > 0 {
		return text, false
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write(text)
	_ = w.Close()
	return zipped.Bytes(), true
}

func soakRecord(id int) string { return fmt.Sprintf(`{"id":%d,"name":"record %d"}`, id, id) }

// TestSoak reads from an API in trouble for more than two hours of virtual time. What arrives is
// what the API holds, each record once.
func TestSoak(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { soak(t, seed) })
		})
	}
}

func soak(t *testing.T, seed uint64) {
	const parts = 500
	api := &soakAPI{rng: rand.New(rand.NewPCG(seed, seed)), faults: map[string]int{}}
	source := slicedSource{
		slices: parts,
		stream: http.Stream{
			Path: "records", Records: http.Field("data"),
			Pages: http.NextToken{At: "next", Param: "cursor"},
		},
		opts: []http.Option{http.Retries(20), http.GiveUpAfter(time.Hour),
			http.Limit(100, time.Minute)},
	}
	got := source.read(t, 4, api.serve)
	t.Logf("%v, %d records, %d refused while it said so: %v", got.took, len(got.records),
		api.refused, api.faults)
	require.Zero(t, got.code, got.failure)
	assert.Greater(t, got.took, 2*time.Hour)
	for _, fault := range []string{"429", "500", "reset", "break", "truncate", "stall", "hang",
		"slow"} {
		assert.Positive(t, api.faults[fault], fault)
	}
	var want []string
	for id := range 100 * parts {
		want = append(want, soakRecord(id+1))
	}
	slices.Sort(want)
	slices.Sort(got.records)
	assert.True(t, slices.Equal(want, got.records), "the records differ")
}
