package http_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	nethttp "net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/process"
	"github.com/airbyte-go/cdk/sources"
)

const benchRecords = 1000

// benchPage is a page of 1,000 records of 20 fields and about 500 bytes. Its token can be changed
// in place.
type benchPage struct {
	text  []byte
	token []byte // ten bytes in text
}

func newBenchPage() *benchPage {
	var b bytes.Buffer
	b.WriteString(`{"next":"00000000","data":[`)
	for i := range benchRecords {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"name":"Customer number %d","email":"customer%d@example.com",`, i,
			i, i)
		fmt.Fprintf(&b, `"active":%t,"score":%d.25,"created_at":"2024-03-01T12:00:00Z",`, i%2 == 0,
			i)
		b.WriteString(`"updated_at":"2026-11-23T08:15:30.123456Z","country":"NL",` +
			`"city":"Amsterdam","street":"Keizersgracht 123","postcode":"1015 CJ",` +
			`"phone":"+31 20 555 0199","currency":"EUR","balance":1234.56,"orders":17,` +
			`"visits":2048,"referrer":"newsletter","segment":"returning",` +
			`"note":"prefers delivery in the morning","parent_id":null}`)
	}
	b.WriteString(`]}`)
	p := &benchPage{text: b.Bytes()}
	p.token = p.text[len(`{"next":`):][:10]
	return p
}

// drained returns the writing end of a pipe that another goroutine reads to its end. The pipe is as
// large as that of a connector's process.
func drained(b *testing.B) *os.File {
	r, w, err := os.Pipe()
	require.NoError(b, err)
	process.GrowPipe(w)
	var reading sync.WaitGroup
	reading.Go(func() {
		buf := make([]byte, 64<<10)
		for {
			if _, err := r.Read(buf); err != nil {
				return
			}
		}
	})
	b.Cleanup(func() {
		_ = w.Close()
		reading.Wait()
		_ = r.Close()
	})
	return w
}

// perRecord runs read, which reads pages, and reports what a record cost.
func perRecord(b *testing.B, page *benchPage, read func(pages int)) {
	b.Helper()
	read(2) // warm the buffers
	b.SetBytes(int64(len(page.text)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b.ResetTimer()
	read(b.N)
	b.StopTimer()
	runtime.ReadMemStats(&after)
	records := float64(b.N) * benchRecords
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/records, "ns/record")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/records, "allocs/record")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkRecordPath goes from the bytes of a page to lines on a pipe. "bare" is the least that
// must be done, the yardstick for "kit", which does it with a stream, the engine and the ordered
// writer.
func BenchmarkRecordPath(b *testing.B) {
	page := newBenchPage()
	b.Run("bare", func(b *testing.B) {
		out := drained(b)
		perRecord(b, page, func(pages int) { bare(b, page, out, pages) })
	})
	for _, mode := range []string{"full_refresh", "incremental"} {
		b.Run("kit "+mode, func(b *testing.B) {
			out := drained(b)
			perRecord(b, page, func(pages int) { kit(b, page, out, pages, mode) })
		})
	}
}

func bare(b *testing.B, page *benchPage, out io.Writer, pages int) {
	const prefix = `{"type":"RECORD","record":{"stream":"records",` +
		`"emitted_at":1764000000000,"data":`
	dec := jsonraw.NewDecoder(nil)
	line := make([]byte, 0, 64<<10)
	for range pages {
		dec.Reset(bytes.NewBuffer(page.text))
		for dec.PeekKind() != jsonraw.ArrayStart {
			_, err := dec.ReadToken()
			require.NoError(b, err)
		}
		_, err := dec.ReadToken()
		require.NoError(b, err)
		for dec.PeekKind() == jsonraw.ObjectStart {
			record, err := dec.ReadValue()
			if err != nil {
				b.Fatal(err)
			}
			if len(line)+len(prefix)+len(record)+3 > cap(line) {
				if _, err := out.Write(line); err != nil {
					b.Fatal(err)
				}
				line = line[:0]
			}
			line = append(append(append(line, prefix...), record...), "}}\n"...)
			if bytes.Contains(record, []byte{'\n'}) { // the kit replaces them by spaces
				b.Fatal("the page has no newlines")
			}
		}
	}
	_, err := out.Write(line)
	require.NoError(b, err)
}

func kit(b *testing.B, page *benchPage, out io.Writer, pages int, mode string) {
	left := pages
	api := roundTripFunc(func(r *nethttp.Request) (*nethttp.Response, error) {
		left--
		copy(page.token, fmt.Sprintf(`"%08d"`, left))
		if left == 0 {
			copy(page.token, `null      `)
		}
		return &nethttp.Response{
			StatusCode: 200, Body: io.NopCloser(bytes.NewReader(page.text)), Request: r,
			ContentLength: int64(len(page.text)), Header: nethttp.Header{},
		}, nil
	})
	config, catalog := filepath.Join(b.TempDir(), "config.json"), filepath.Join(b.TempDir(),
		"catalog.json")
	require.NoError(b, os.WriteFile(config, []byte(`{"key":"k"}`), 0o600))
	require.NoError(b, os.WriteFile(catalog, []byte(`{"streams":[{"stream":{"name":"records",`+
		`"json_schema":{"type":"object"},"supported_sync_modes":["full_refresh","incremental"]},`+
		`"sync_mode":"`+mode+`","destination_sync_mode":"append"}]}`), 0o600))
	code := sources.Run(http.WithTransport(context.Background(), api), testSource{http.Stream{
		Path: "records", Records: http.Field("data"), Pages: http.NextToken{At: "next",
			Param: "cursor"},
		Cursor: sources.IntCursor{Field: "id"},
	}}, sources.Process{
		Args: []string{"read", "--config", config, "--catalog", catalog}, Out: out, Err: os.Stderr,
	})
	require.Zero(b, code)
	require.Zero(b, left)
}
