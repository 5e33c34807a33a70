package http

import (
	"bytes"
	"fmt"
	"io"
	nethttp "net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// packers are the ways to send a body.
var packers = map[string]func(w io.Writer) io.WriteCloser{
	"gzip":        func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	"zlib":        func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
	"raw deflate": func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 5); return f },
	"zstd":        func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
}

// encodingOf is what a server calls them.
var encodingOf = map[string]string{
	"gzip": "gzip", "zlib": "deflate", "raw deflate": "deflate", "zstd": "zstd",
}

func pack(t testing.TB, how string, text []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := packers[how](&packed)
	_, err := w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return packed.Bytes()
}

func sendPacked(w nethttp.ResponseWriter, encoding string, packed []byte) {
	w.Header().Set("Content-Encoding", encoding)
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(packed)
}

// noise is JSON that does not shrink much.
func noise(records int) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range records {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"hash":"%x"}`, i, uint64(i)*0x9e3779b97f4a7c15)
	}
	b.WriteByte(']')
	return b.Bytes()
}

func TestCompressedAnswers(t *testing.T) {
	t.Parallel()
	text := noise(5000)
	for how := range packers {
		t.Run(how, func(t *testing.T) {
			packed := pack(t, how, text)
			bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
				assert.Equal(t, "zstd, gzip, deflate", r.Header.Get("Accept-Encoding"))
				if n == 3 {
					w.WriteHeader(204) // the decoder is not given back twice
					return
				}
				sendPacked(w, strings.ToUpper(encodingOf[how]), packed)
			}, func(b *bundle) {
				c := NewClient(base)
				for range 4 {
					resp, err := c.Do(b.ctx, &Request{Path: "records"})
					require.NoError(b, err)
					got, err := io.ReadAll(resp.Body)
					require.NoError(b, err)
					require.NoError(b, resp.Body.Close())
					require.NoError(b, resp.Body.Close())
					if resp.StatusCode == 200 {
						assert.True(b, bytes.Equal(text, got))
						assert.Empty(b, resp.Header.Get("Content-Encoding"))
						assert.True(b, resp.Uncompressed)
						assert.EqualValues(b, -1, resp.ContentLength)
					}
					_, err = resp.Body.Read(make([]byte, 1))
					require.Error(b, err)
				}
			})
		})
	}
}

func TestEncodingsInAChainAndOddOnes(t *testing.T) {
	t.Parallel()
	text := []byte(`[{"id":1}]`)
	twice := pack(t, "gzip", pack(t, "zstd", text))
	for _, tt := range []struct {
		name, encoding string
		body           []byte
		want           string
	}{
		{"twice", "zstd, gzip", twice, ""},
		{"identity", "identity", text, ""},
		{"old name", "x-gzip", pack(t, "gzip", text), ""},
		{"three times", "gzip, gzip, gzip", text, `is encoded as "gzip, gzip, gzip", where zstd,`},
		{"unknown", "br", []byte("xxxx"), `the answer is encoded as "br", where zstd, gzip, ` +
			`deflate was asked for. Ask the API's operator.`},
		{"not packed", "gzip", text, "the answer cannot be unpacked (gzip): gzip: invalid header"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
				sendPacked(w, tt.encoding, tt.body)
			}, func(b *bundle) {
				got, err := b.get(NewClient(base), "records")
				if tt.want == "" {
					require.NoError(b, err)
					assert.Equal(b, string(text), got)
					return
				}
				require.ErrorContains(b, err, tt.want)
			})
		})
	}
}

func TestEmptyBodyIsNotPacked(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"gzip", "zstd", "deflate"} {
		bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
			sendPacked(w, encoding, nil)
		}, func(b *bundle) {
			got, err := b.get(NewClient(base), "records")
			require.NoError(b, err)
			assert.Empty(b, got)
		})
	}
}

func TestWhoAsksForAnEncodingUnpacksIt(t *testing.T) {
	t.Parallel()
	for _, header := range []nethttp.Header{
		{"Accept-Encoding": {"gzip"}}, {"Range": {"bytes=0-99"}},
	} {
		bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
			assert.NotContains(t, r.Header.Get("Accept-Encoding"), "zstd")
			sendPacked(w, "gzip", []byte("as it is"))
		}, func(b *bundle) {
			got, err := b.do(NewClient(base), &Request{Path: "x", Header: header})
			require.NoError(b, err)
			assert.Equal(b, "as it is", got)
		})
	}
}

// A compressed body that ends early has broken off, even where its length was right, and the page
// is asked for again.
func TestTruncatedCompression(t *testing.T) {
	t.Parallel()
	text := noise(3)
	for how := range packers {
		packed := pack(t, how, text)
		for _, length := range []int{1, 5, len(packed) / 2, len(packed) - 1} {
			if how == "raw deflate" && length == 1 {
				length = 2
			}
			bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
				if n%2 == 1 {
					sendPacked(w, encodingOf[how], packed[:length])
					return
				}
				sendPacked(w, encodingOf[how], packed)
			}, func(b *bundle) {
				c := NewClient(base)
				_, err := b.get(c, "records")
				require.Error(b, err, "%s of %d bytes", how, length)
				own := protocol.AsError(err)
				assert.Equal(b, protocol.TransientError, own.Type)
				assert.Contains(b, own.Message, fmt.Sprintf("the answer broke off after %d bytes, "+
					"before the end of its compression", length))
				_, err = b.get(c, "records")
				require.NoError(b, err)
				records, _, err := b.read(&Stream{Client: c, Path: "records"})
				require.NoError(b, err)
				assert.Len(b, records, 3, "the page was read again, and no record twice")
			})
		}
	}
}

func TestACompressedBodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	packed := pack(t, "gzip", noise(1000))
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		w.Header().Set("Content-Encoding", "gzip")
		breakOff(w, string(packed[:2000]))
	}, func(b *bundle) {
		_, err := b.get(NewClient(base), "records")
		requireError(b, err, protocol.TransientError, "GET https://api.example.com/v1/records: "+
			"the answer broke off after 2000 bytes: unexpected EOF")
	})
}

// zeros is an endless body.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestABombIsNotUnpacked(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w, err := zstd.NewWriter(&packed, zstd.WithEncoderLevel(zstd.SpeedFastest))
	require.NoError(t, err)
	_, err = io.CopyN(w, zeros{}, largeBody+1<<20)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		sendPacked(w, "zstd", packed.Bytes())
	}, func(b *bundle) {
		resp, err := NewClient(base).Do(b.ctx, &Request{})
		require.NoError(b, err)
		defer func() { _ = resp.Body.Close() }()
		_, err = io.Copy(io.Discard, resp.Body)
		requireError(b, err, protocol.SystemError, "GET https://api.example.com/v1: the answer "+
			"unpacks to more than 1000 times its size, which no records do. Ask the API's "+
			"operator.")
	})
}

// What follows the end of the compressed data is read, so that the connection serves the next
// request, too.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	for how := range packers {
		packed := pack(t, how, noise(2000))
		bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
			w.Header().Set("Content-Encoding", encodingOf[how])
			w.(nethttp.Flusher).Flush() // its length is not known
			_, _ = w.Write(packed)
		}, func(b *bundle) {
			c := NewClient(base)
			dialled := 0
			for range 5 {
				ctx := httptrace.WithClientTrace(b.ctx, &httptrace.ClientTrace{
					GotConn: func(info httptrace.GotConnInfo) {
						if !info.Reused {
							dialled++
						}
					},
				})
				resp, err := c.Do(ctx, &Request{})
				require.NoError(b, err)
				_, err = io.Copy(io.Discard, resp.Body)
				require.NoError(b, err)
				require.NoError(b, resp.Body.Close())
			}
			assert.Equal(b, 1, dialled, how)
		})
	}
}

// FuzzUnpack: what a server sends as compressed ends in time, with a word about it.
func FuzzUnpack(f *testing.F) {
	for how := range packers {
		f.Add(encodingOf[how], pack(f, how, []byte(`{"id":1}`)))
	}
	f.Add("gzip, br", []byte("x"))
	f.Fuzz(func(t *testing.T, encoding string, packed []byte) {
		wire := &body{
			ReadCloser: io.NopCloser(bytes.NewReader(packed)), request: &nethttp.Request{
				Method: nethttp.MethodGet, URL: &url.URL{Path: "x"},
			},
			timeouts: Timeouts{IdleBody: -1, Total: -1}, parent: t.Context(),
			attempt: t.Context(), vigil: &vigil{cancel: func(error) {}},
		}
		resp := &nethttp.Response{
			Header: nethttp.Header{"Content-Encoding": {encoding}}, Body: wire,
		}
		NewClient(base).unpack(resp)
		_, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<20))
		if err != nil && protocol.AsError(err).Type == "" {
			t.Fatalf("an error without a type: %v", err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
