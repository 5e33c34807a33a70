package http

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// serve answers the n-th call with the n-th page.
func serve(pages ...string) func(nethttp.ResponseWriter, *nethttp.Request, int) {
	return func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if n > len(pages) {
			respond(w, 404, `{"message":"no more pages were expected"}`)
			return
		}
		respond(w, 200, pages[n-1])
	}
}

// queries returns the queries of all requests.
func (b *bundle) queries() []string {
	var queries []string
	for _, a := range b.arrivals() {
		queries = append(queries, a.URL.RawQuery)
	}
	return queries
}

func TestStreamWithoutPages(t *testing.T) {
	t.Parallel()
	bubble(t, serve(`[{"id":1},{"id":2}]`), func(b *bundle) {
		records, checkpoints, err := b.read(&Stream{Path: "records", Query: Params{"type": "a",
			"since": "{from}"}})
		require.NoError(b, err)
		assert.Equal(b, []string{`{"id":1}`, `{"id":2}`}, records)
		assert.Equal(b, 1, checkpoints)
		assert.Equal(b, []string{"type=a"}, b.queries())
		assert.Equal(b, "application/json", b.arrivals()[0].Header.Get("Accept"))
	})
}

func TestStreamFollowsPages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		pages   []string
		p       Paginator
		queries []string
		records int
	}{
		{"page number", []string{`{"d":[{"a":1},{"a":2}]}`, `{"d":[{"a":3}]}`},
			PageNumber{Start: 1, Size: 2, SizeParam: "n"}, []string{"n=2&page=1&t=x",
				"n=2&page=2&t=x"}, 3},
		{"page number to an empty page", []string{`{"d":[{"a":1}]}`, `{"d":[]}`},
			PageNumber{}, []string{"page=0&t=x", "page=1&t=x"}, 1},
		{"offset", []string{`{"d":[{"a":1},{"a":2}]}`, `{"d":[{"a":3}]}`, `{"d":null}`},
			Offset{}, []string{"offset=0&t=x", "offset=2&t=x", "offset=3&t=x"}, 3},
		{"next token", []string{`{"m":{"next":"b c"},"d":[{"a":1}]}`, `{"d":[],"m":{"next":7}}`,
			`{"d":[{"a":2}]}`},
			NextToken{At: "m.next", Param: "cursor"}, []string{"t=x", "cursor=b+c&t=x",
				"cursor=7&t=x"}, 2},
		{"next URL", []string{`{"d":[],"next":"http://api.example.com/v2/x?t=y&sig=a%2Bb"}`,
			`{"d":[{"a":2}]}`},
			NextToken{At: "next", Param: "cursor"}, []string{"t=x", "t=y&sig=a%2Bb"}, 1},
		{"next link", []string{`{"d":[],"@odata.next":"?page=2"}`, `{"d":[{"a":2}]}`},
			NextToken{At: `@odata\.next`}, []string{"t=x", "page=2&t=x"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, serve(tt.pages...), func(b *bundle) {
				records, checkpoints, err := b.read(&Stream{
					Path: "records", Query: Params{"t": "x"}, Records: Field("d"), Pages: tt.p,
				})
				require.NoError(b, err)
				assert.Len(b, records, tt.records)
				assert.Equal(b, len(tt.pages), checkpoints)
				assert.Equal(b, tt.queries, b.queries())
			})
		})
	}
}

func TestStreamFollowsLinkHeaders(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if n < 3 {
			w.Header().Set("Link", fmt.Sprintf(`</v1/records?page=%d>; rel="next"`, n+1))
		}
		respond(w, 200, fmt.Sprintf(`[{"id":%d}]`, n))
	}, func(b *bundle) {
		records, _, err := b.read(&Stream{Path: "records", Pages: LinkHeader{}})
		require.NoError(b, err)
		assert.Len(b, records, 3)
		assert.Equal(b, []string{"", "page=2", "page=3"}, b.queries())
	})
}

// afterLast is a paginator as an author writes one.
type afterLast struct{}

func (afterLast) Want() []string { return []string{"more"} }
func (afterLast) Apply(r *Request, token string) {
	if token != "" {
		r.Query.Set("after", token)
		r.Header.Set("X-After", token)
	}
}

func (afterLast) Next(p Page) (string, error) {
	var last struct{ ID int }
	if string(p.Values["more"]) != "true" {
		return "", nil
	}
	if err := json.Unmarshal(p.Last, &last); err != nil {
		return "", fmt.Errorf("page after %q: %w", p.Token, err)
	}
	return strconv.Itoa(last.ID), nil
}

func TestStreamWithThePaginatorOfAnAuthor(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{1 << 20, 0} { // held and streamed
		bubble(t, serve(`{"d":[{"id":7},{"id":9}],"more":true}`, `{"d":[{"id":12}],"more":false}`),
			func(b *bundle) {
				s := &Stream{Name: "s", Client: NewClient(base), Records: Field("d"),
					Pages: afterLast{}}
				r := &reader{stream: s, budget: smallBudget(limit),
					emit:       func([]byte) error { return nil },
					checkpoint: func([]byte) error { return nil }}
				require.NoError(b, r.read(b.ctx))
				assert.Equal(b, []string{"", "after=9"}, b.queries())
				assert.Equal(b, "9", b.arrivals()[1].Header.Get("X-After"))
			})
	}
}

func TestStreamRetriesAPageThatBreaksOff(t *testing.T) {
	t.Parallel()
	whole := `{"data":[{"id":1},{"id":2}],"next":""}`
	for name, broken := range map[string]func(nethttp.ResponseWriter){
		"connection reset": func(w nethttp.ResponseWriter) { breakOff(w, whole[:20]) },
		"truncated JSON":   func(w nethttp.ResponseWriter) { respond(w, 200, whole[:20]) },
		"stalled": func(w nethttp.ResponseWriter) {
			_, _ = io.WriteString(w, whole[:20])
			w.(nethttp.Flusher).Flush()
			time.Sleep(2 * time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
				if n <= 3 {
					broken(w)
					return
				}
				respond(w, 200, whole)
			}, func(b *bundle) {
				records, checkpoints, err := b.read(&Stream{
					Records: Field("data"), Pages: NextToken{At: "next"},
				})
				require.NoError(b, err)
				assert.Equal(b, []string{`{"id":1}`, `{"id":2}`}, records)
				assert.Equal(b, 1, checkpoints)
				assert.Len(b, b.arrivals(), 4)
			})
		})
	}
}

func TestStreamSharesOneBudgetOfRetries(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		switch n % 3 {
		case 0:
			respond(w, 503, "")
		case 1:
			respond(w, 200, `[{"id":1},`)
		default:
			breakOff(w, `[{"id":1},`)
		}
	}, func(b *bundle) {
		records, checkpoints, err := b.read(&Stream{Path: "records"})
		require.Error(b, err)
		assert.Empty(b, records)
		assert.Zero(b, checkpoints)
		assert.Len(b, b.arrivals(), 6)
	})
}

func TestStreamThatStaysBroken(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		respond(w, 200, `[{"id":1},`)
	}, func(b *bundle) {
		_, _, err := b.read(&Stream{Client: NewClient(base, Retries(0)), Path: "records"})
		requireError(b, err, protocol.TransientError, `GET https://api.example.com/v1/records: `+
			`the JSON of the answer ends early: jsontext: unexpected EOF after offset 10.`)
	})
}

func TestStreamedPageIsRetriedAtLeastOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if n == 1 {
			breakOff(w, strings.TrimSuffix(pageOf(5000, 40), `],"next":"n"}`))
		}
		respond(w, 200, pageOf(5000, 40))
	}, func(b *bundle) {
		var records []string
		r := &reader{
			stream:     &Stream{Client: NewClient(base), Records: Field("data")},
			budget:     smallBudget(0),
			emit:       func(r []byte) error { records = append(records, string(r)); return nil },
			checkpoint: func([]byte) error { return nil },
		}
		require.NoError(b, r.read(b.ctx))
		assert.Greater(b, len(records), 5000)
		assert.Contains(b, records[0], `"0000000"`)
		assert.Contains(b, records[len(records)-1], `"0004999"`)
		assert.Contains(b, records[len(records)-5000], `"0000000"`)
	})
}

func TestStreamEndsWithTheErrorOfItsOutput(t *testing.T) {
	t.Parallel()
	full := errors.New("stdout is closed")
	for _, limit := range []int64{1 << 20, 0} {
		bubble(t, serve(`[{"id":1}]`), func(b *bundle) {
			r := &reader{
				stream: &Stream{Client: NewClient(base)}, budget: smallBudget(limit),
				emit: func([]byte) error { return full },
			}
			require.Equal(b, full, r.read(b.ctx))
			assert.Len(b, b.arrivals(), 1)

			r.emit = func([]byte) error { return nil }
			r.checkpoint = func([]byte) error { return full }
			b.calls = nil
			require.Equal(b, full, r.read(b.ctx))
		})
	}
}

func TestStreamFindsLoops(t *testing.T) {
	t.Parallel()
	t.Run("a token that repeats", func(t *testing.T) {
		bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
			respond(w, 200, fmt.Sprintf(`{"data":[{"id":%d}],"next":"%d"}`, n, n%3))
		}, func(b *bundle) {
			records, checkpoints, err := b.read(&Stream{
				Records: Field("data"), Pages: NextToken{At: "next", Param: "c"},
			})
			requireError(b, err, protocol.SystemError, `The pages go round in a circle: page 4 `+
				`names the same next page as page 1 did (at "next"). Check the Pages of the `+
				`stream; if they are right, the API is at fault.`)
			assert.Len(b, records, 4)
			assert.Equal(b, 4, checkpoints)
		})
	})
	t.Run("a link to itself", func(t *testing.T) {
		bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
			w.Header().Set("Link", `<`+r.URL.String()+`>; rel=next`)
			respond(w, 200, `[{"id":1}]`)
		}, func(b *bundle) {
			_, _, err := b.read(&Stream{Pages: LinkHeader{}})
			require.ErrorContains(b, err, "page 2 names the same next page as page 1 did.")
		})
	})
	t.Run("empty pages without end", func(t *testing.T) {
		bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
			respond(w, 200, fmt.Sprintf(`{"data":[],"next":"%d"}`, n))
		}, func(b *bundle) {
			_, _, err := b.read(&Stream{Records: Field("data"), Pages: NextToken{At: "next",
				Param: "c"}})
			require.ErrorContains(b, err, `Pages 1 to 1000 have no records, and still there is a `+
				`next page (at "next").`)
			assert.Len(b, b.arrivals(), defaultEmptyPages)
		})
	})
	t.Run("an API that ignores the page", func(t *testing.T) {
		bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
			respond(w, 200, `[{"id":1},{"id":2}]`)
		}, func(b *bundle) {
			_, _, err := b.read(&Stream{Pages: PageNumber{Size: 2}})
			require.ErrorContains(b, err, "Pages 2 to 11 are the same byte for byte")
		})
	})
}

func TestStreamDoesNotFollowALinkToAnotherHost(t *testing.T) {
	t.Parallel()
	bubble(t, serve(`{"data":[{"id":1}],"next":"https://evil.example/v1?token=SECRET"}`),
		func(b *bundle) {
			records, _, err := b.read(&Stream{
				Client: NewClient(base, Bearer("SECRET")), Records: Field("data"),
				Pages: NextToken{At: "next"},
			})
			requireError(b, err, protocol.SystemError, `The link "https://evil.example/v1?..." `+
				`leads away from the API at api.example.com, so it was not followed: the API's `+
				`credentials would have gone to another host. If that host is right, give the `+
				`stream a client of its own for it.`)
			assert.Len(b, records, 1)
			assert.Len(b, b.arrivals(), 1)
		})
}

func TestStreamWithNoContent(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) { w.WriteHeader(204) },
		func(b *bundle) {
			records, checkpoints, err := b.read(&Stream{Records: Field("data"),
				Pages: PageNumber{}})
			require.NoError(b, err)
			assert.Empty(b, records)
			assert.Equal(b, 1, checkpoints)
		})
}
