package http

import (
	"context"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestRetriedStatuses(t *testing.T) {
	t.Parallel()
	for status, calls := range map[int]int{
		408: 6, 429: 6, 500: 6, 502: 6, 503: 6, 504: 6, 520: 6,
		301: 1, 304: 1, 400: 1, 401: 1, 403: 1, 404: 1, 409: 1, 410: 1, 422: 1, 501: 1, 505: 1,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
				w.WriteHeader(status)
			}, func(b *bundle) {
				_, err := b.get(NewClient(base), "records")
				require.Error(b, err)
				assert.Equal(b, status, StatusOf(err))
				assert.Len(b, b.arrivals(), calls)
			})
		})
	}
}

func TestRetriesUntilItWorks(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if n < 6 {
			respond(w, 503, `{"error":"busy"}`)
			return
		}
		respond(w, 200, "fine")
	}, func(b *bundle) {
		text, err := b.get(NewClient(base), "records")
		require.NoError(b, err)
		assert.Equal(b, "fine", text)
		for i, bound := range []int{1, 2, 4, 8, 16} {
			wait := b.arrivals()[i+1].after - b.arrivals()[i].after
			assert.Positive(b, wait)
			assert.LessOrEqual(b, wait, time.Duration(bound)*time.Second)
		}
		assert.Empty(b, b.limited)
	})
}

func TestRetriesOption(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 2, 8} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
				w.WriteHeader(503)
			}, func(b *bundle) {
				_, err := b.get(NewClient(base, Retries(n)), "records")
				require.Error(b, err)
				assert.Len(b, b.arrivals(), n+1)
			})
		})
	}
	assert.PanicsWithValue(t, "http.Retries(-1): it must not be negative", func() { Retries(-1) })
}

func TestElapsedTimeBoundsRetries(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		w.WriteHeader(503)
	}, func(b *bundle) {
		_, err := b.get(NewClient(base, Retries(1_000_000)), "records")
		require.Error(b, err)
		assert.LessOrEqual(b, time.Since(b.start), 10*time.Minute)
		assert.Greater(b, time.Since(b.start), 8*time.Minute)
		assert.Less(b, len(b.arrivals()), 60) // the wait grows to a minute, half of it on average
	})
}

func TestOnlyIdempotentRequestsAreRepeated(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		request Request
		calls   int
	}{
		{Request{}, 3},
		{Request{Method: "HEAD"}, 3},
		{Request{Method: "PUT", Body: []byte(`{}`)}, 3},
		{Request{Method: "DELETE"}, 3},
		{Request{Body: map[string]int{"a": 1}}, 1},
		{Request{Method: "POST"}, 1},
		{Request{Method: "PATCH"}, 1},
		{Request{Body: map[string]int{"a": 1}, Idempotent: true}, 3},
	} {
		t.Run(fmt.Sprint(tt.request.Method, tt.request.Idempotent), func(t *testing.T) {
			var bodies []string
			bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
				body, _ := io.ReadAll(r.Body)
				bodies = append(bodies, string(body))
				if n == 1 { // later net/http would itself repeat it, on a connection used before
					panic(nethttp.ErrAbortHandler)
				}
				w.WriteHeader(503)
			}, func(b *bundle) {
				_, err := b.do(NewClient(base, Retries(2)), &tt.request)
				require.Error(b, err)
				require.Len(b, b.arrivals(), tt.calls)
				for _, body := range bodies {
					assert.Equal(b, bodies[0], body, "the body must be sent again")
				}
				assert.Equal(b, tt.request.Body == nil, bodies[0] == "")
			})
		})
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status  int
		header  func(now time.Time) string
		min     time.Duration
		max     time.Duration
		limited bool
		until   bool
	}{
		{429, func(time.Time) string { return "90" }, 90 * time.Second, 90 * time.Second, true,
			true},
		{503, func(time.Time) string { return "90" }, 90 * time.Second, 90 * time.Second, false,
			false},
		{429,
			func(now time.Time) string {
				return now.Add(3 * time.Minute).Format(nethttp.TimeFormat)
			},
			3*time.Minute - time.Second, 3 * time.Minute, true, true},
		{429, func(time.Time) string { return "600" }, 10 * time.Minute, 10 * time.Minute, true,
			true},
		{429, func(time.Time) string { return "" }, 1, time.Second, true, false},
		{429, func(time.Time) string { return "-7" }, 1, time.Second, true, false},
		{429, func(time.Time) string { return "NaN" }, 1, time.Second, true, false},
		{429, func(time.Time) string { return "tomorrow" }, 1, time.Second, true, false},
		{429, func(time.Time) string { return "0" }, 1, time.Second, true, false},
	} {
		t.Run(fmt.Sprint(tt.status, tt.header(noon)), func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
				if n == 1 {
					w.Header().Set("Retry-After", tt.header(time.Now().UTC()))
					w.WriteHeader(tt.status)
				}
			}, func(b *bundle) {
				_, err := b.get(NewClient(base), "records")
				require.NoError(b, err)
				wait := b.arrivals()[1].after
				assert.GreaterOrEqual(b, wait, tt.min)
				assert.LessOrEqual(b, wait, tt.max)
				require.Equal(b, tt.limited, len(b.limited) == 1)
				if tt.until {
					assert.WithinDuration(b, b.start.Add(wait), b.limited[0], time.Second)
				} else if tt.limited {
					assert.True(b, b.limited[0].IsZero(), "the API did not say until when")
				}
			})
		})
	}
}

func TestRetryAfterPastTheCapEndsAtOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		header, until string
		status        int
	}{
		{"601", "2000-01-01T00:10:01Z (10m1s)", 429},
		{"10800", "2000-01-01T03:00:00Z (3h0m0s)", 429},
		{"Sat, 01 Jan 2000 03:00:00 GMT", "2000-01-01T03:00:00Z (3h0m0s)", 503},
		{"1e300", "2099-12-07T00:00:00Z (876000h0m0s)", 429},
	} {
		t.Run(tt.header, func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
				w.Header().Set("Retry-After", tt.header)
				w.WriteHeader(tt.status)
			}, func(b *bundle) {
				_, err := b.get(NewClient(base), "records")
				var e *protocol.Error
				require.ErrorAs(b, err, &e)
				assert.Equal(b, protocol.TransientError, e.Type)
				assert.Contains(b, e.Message, "It asks to wait until "+tt.until+
					", which is longer than this connector waits for a request.")
				assert.Equal(b, b.start, time.Now())
				assert.Equal(b, tt.status == 429, len(b.limited) == 1)
			})
		})
	}
}

func TestHandlerSeesGoodAnswersOnly(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		w.WriteHeader([]int{503, 404}[n-1])
	}, func(b *bundle) {
		_, err := NewClient(base).do(b.ctx, &Request{}, func(*nethttp.Response) error {
			b.Error("retryablehttp calls it for every answer that it does not retry")
			return nil
		})
		assert.Equal(b, 404, StatusOf(err))
		assert.Len(b, b.arrivals(), 2)
	})
}

func TestRetryAfterThatNoLongerFitsEndsAtOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		w.Header().Set("Retry-After", "400")
		w.WriteHeader(429)
	}, func(b *bundle) {
		_, err := b.get(NewClient(base), "records")
		requireError(b, err, protocol.TransientError, "GET https://api.example.com/v1/records: "+
			"the API's rate limit is exceeded (429 Too Many Requests). A later sync goes on from "+
			"the last state; fewer parallel syncs of this API help. It was tried 2 times in "+
			"6m40s. It asks to wait until 2000-01-01T00:13:20Z (6m40s), which is longer than "+
			"this connector waits for a request.")
		assert.Len(b, b.limited, 2)
	})
}

// Workers that are told the same must not come back together again and again.
func TestRetryAfterSpreadsFromTheSecondTimeOn(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(429)
	}, func(b *bundle) {
		took := map[time.Duration]bool{}
		for range 5 {
			start := time.Now()
			_, err := b.get(NewClient(base, Retries(3)), "records")
			require.Error(b, err)
			spent := time.Since(start)
			require.Greater(b, spent, 3*time.Second, "never earlier than asked for")
			took[spent] = true
		}
		require.Len(b, took, 5)
	})
}

func TestCancellingEndsAWait(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		w.Header().Set("Retry-After", "100")
		w.WriteHeader(503)
	}, func(b *bundle) {
		stopped := errors.New("stopped by SIGTERM")
		ctx, cancel := context.WithCancelCause(b.ctx)
		time.AfterFunc(time.Second, func() { cancel(stopped) })
		_, err := NewClient(base).Do(ctx, &Request{})
		require.Equal(b, stopped, err)
		assert.Equal(b, time.Second, time.Since(b.start))
	})
}

func TestCancellingEndsAnAttempt(t *testing.T) {
	t.Parallel()
	bubble(t, func(_ nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		<-r.Context().Done()
	}, func(b *bundle) {
		stopped := errors.New("stopped by SIGTERM")
		ctx, cancel := context.WithCancelCause(b.ctx)
		time.AfterFunc(time.Second, func() { cancel(stopped) })
		_, err := NewClient(base, Limit(1, time.Hour)).Do(ctx, &Request{})
		require.Equal(b, stopped, err)
		assert.Equal(b, time.Second, time.Since(b.start))
		assert.Len(b, b.arrivals(), 1)
	})
}
