package http_test

import (
	"bytes"
	"context"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/internal/hook"
)

// BenchmarkClient compares the client with a plain loop over net/http that reads the same pages
// from the same server into a reused buffer. The two take turns, because a machine that others use
// as well changes its speed by more than they differ. On a page of a common size "kit/plain" may be
// 1.1; a small page over loopback, which takes no time, shows what a request costs beside that.
func BenchmarkClient(b *testing.B) {
	page := newBenchPage().text
	for _, size := range []int{1000, 100_000, len(page)} {
		text := page[:size]
		b.Run(strconv.Itoa(size), func(b *testing.B) { compareClients(b, text, false) })
	}
	b.Run("gzip", func(b *testing.B) { compareClients(b, page, true) })
}

// TestClientAllocatesLittleMore counts what a request allocates beyond net/http.
func TestClientAllocatesLittleMore(t *testing.T) {
	const more = 29
	server := httptest.NewServer(nethttp.HandlerFunc(
		func(w nethttp.ResponseWriter, _ *nethttp.Request) { _, _ = io.WriteString(w, "{}") },
	))
	t.Cleanup(server.Close)
	buf := make([]byte, 10)
	client := http.NewClient(server.URL, http.Bearer("t"))
	ctx := hook.With(t.Context(), &hook.Hooks{}) // as within an engine
	plain := testing.AllocsPerRun(500, func() {
		resp, err := server.Client().Get(server.URL + "/records")
		require.NoError(t, err)
		drain(t, resp, buf, len("{}"))
	})
	kit := testing.AllocsPerRun(500, func() {
		resp, err := client.Do(ctx, &http.Request{Path: "records"})
		require.NoError(t, err)
		drain(t, resp, buf, len("{}"))
	})
	t.Logf("%g allocations a request, %g of them net/http's", kit, plain)
	require.LessOrEqual(t, kit-plain, float64(more),
		"a request allocates more beside net/http than it did")
}

func compareClients(b *testing.B, page []byte, zip bool) {
	server := httptest.NewServer(pageHandler(b, page, zip))
	b.Cleanup(server.Close)
	buf := make([]byte, len(page)+1)
	plain := func() {
		resp, err := server.Client().Get(server.URL + "/records")
		require.NoError(b, err)
		drain(b, resp, buf, len(page))
	}
	client := http.NewClient(server.URL, http.Bearer("t"))
	kit := func() {
		resp, err := client.Do(context.Background(), &http.Request{Path: "records"})
		require.NoError(b, err)
		drain(b, resp, buf, len(page))
	}
	plain()
	kit()
	plainAllocs, kitAllocs := testing.AllocsPerRun(100, plain), testing.AllocsPerRun(100, kit)
	var plainTime, kitTime time.Duration
	for b.Loop() {
		start := time.Now()
		plain()
		middle := time.Now()
		kit()
		plainTime, kitTime = plainTime+middle.Sub(start), kitTime+time.Since(middle)
	}
	n := float64(b.N)
	b.ReportMetric(float64(plainTime.Nanoseconds())/n, "ns/plain")
	b.ReportMetric(float64(kitTime.Nanoseconds())/n, "ns/kit")
	b.ReportMetric(float64(kitTime)/float64(plainTime), "kit/plain")
	b.ReportMetric(plainAllocs, "allocs/plain")
	b.ReportMetric(kitAllocs, "allocs/kit")
	b.ReportMetric(0, "ns/op")
}

func pageHandler(b *testing.B, page []byte, zip bool) nethttp.HandlerFunc {
	if zip {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, err := w.Write(page)
		require.NoError(b, err)
		require.NoError(b, w.Close())
		page = packed.Bytes()
	}
	return func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		if zip {
			w.Header().Set("Content-Encoding", "gzip")
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(page)))
		_, _ = w.Write(page)
	}
}

func drain(tb testing.TB, resp *nethttp.Response, buf []byte, want int) {
	tb.Helper()
	n, err := io.ReadFull(resp.Body, buf)
	require.ErrorIs(tb, err, io.ErrUnexpectedEOF)
	require.Equal(tb, want, n)
	require.NoError(tb, resp.Body.Close())
}
