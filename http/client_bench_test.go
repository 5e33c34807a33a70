package http_test

import (
	"bytes"
	"context"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/http"
)

// BenchmarkClient compares the client with a plain loop over net/http that reads the same pages
// from the same server into a reused buffer. "kit" may take a tenth longer than "plain".
func BenchmarkClient(b *testing.B) {
	page := newBenchPage().text
	for _, size := range []int{1000, 100_000, len(page)} {
		text := page[:size]
		b.Run(strconv.Itoa(size), func(b *testing.B) { compareClients(b, text, false) })
	}
	b.Run("gzip", func(b *testing.B) { compareClients(b, page, true) })
}

func compareClients(b *testing.B, page []byte, zip bool) {
	server := httptest.NewServer(pageHandler(b, page, zip))
	b.Cleanup(server.Close)
	buf := make([]byte, len(page)+1)
	b.Run("plain", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(page)))
		for b.Loop() {
			resp, err := server.Client().Get(server.URL + "/records")
			require.NoError(b, err)
			drain(b, resp, buf, len(page))
		}
	})
	b.Run("kit", func(b *testing.B) {
		c := http.NewClient(server.URL, http.Bearer("t"))
		b.ReportAllocs()
		b.SetBytes(int64(len(page)))
		for b.Loop() {
			resp, err := c.Do(context.Background(), &http.Request{Path: "records"})
			require.NoError(b, err)
			drain(b, resp, buf, len(page))
		}
	})
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

func drain(b *testing.B, resp *nethttp.Response, buf []byte, want int) {
	n, err := io.ReadFull(resp.Body, buf)
	require.ErrorIs(b, err, io.ErrUnexpectedEOF)
	require.Equal(b, want, n)
	require.NoError(b, resp.Body.Close())
}
