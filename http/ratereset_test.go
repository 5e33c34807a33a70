package http

import (
	"fmt"
	nethttp "net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAskedWait(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration, unit time.Duration) string {
		return fmt.Sprint(noon.Add(d).UnixNano() / int64(unit))
	}
	for _, tt := range []struct {
		name   string
		header map[string]string
		want   time.Duration
	}{
		{"nothing", nil, 0},
		{"Retry-After first", map[string]string{"Retry-After": "5", "X-RateLimit-Reset": "50"},
			5 * time.Second},
		{"seconds", map[string]string{"RateLimit-Reset": "50"}, 50 * time.Second},
		{"a fraction", map[string]string{"X-RateLimit-Reset": "0.25"}, time.Second / 4},
		{"epoch", map[string]string{"X-RateLimit-Reset": in(time.Minute, time.Second)},
			time.Minute},
		{"epoch in ms", map[string]string{"X-Rate-Limit-Reset": in(time.Minute,
			time.Millisecond)}, time.Minute},
		{"epoch in us", map[string]string{"X-RateLimit-Reset": in(time.Minute,
			time.Microsecond)}, time.Minute},
		{"epoch in ns", map[string]string{"X-RateLimit-Reset": in(time.Minute,
			time.Nanosecond)}, time.Minute},
		{"epoch that is over", map[string]string{"X-RateLimit-Reset": in(-time.Hour,
			time.Second)}, 0},
		{"a week", map[string]string{"X-RateLimit-Reset": "604800"}, 7 * 24 * time.Hour},
		{"RFC 3339", map[string]string{"X-RateLimit-Reset": "2026-11-23T12:01:00Z"},
			time.Minute},
		{"HTTP date", map[string]string{"X-RateLimit-Reset": "Mon, 23 Nov 2026 12:01:00 GMT"},
			time.Minute},
		{"the API's clock", map[string]string{"Date": "Mon, 23 Nov 2026 12:00:50 GMT",
			"X-RateLimit-Reset": in(time.Minute, time.Second)}, 10 * time.Second},
		{"none left", map[string]string{"X-RateLimit-Reset": "9", "X-RateLimit-Remaining": "0"},
			9 * time.Second},
		{"some left, so another limit", map[string]string{"X-RateLimit-Reset": "9",
			"X-RateLimit-Remaining": "17"}, 0},
		{"draft of 2021", map[string]string{"RateLimit": "limit=100, remaining=0, reset=30"},
			30 * time.Second},
		{"draft of 2024", map[string]string{"RateLimit": `"hour";r=7;t=900, "burst";r=0;t=3`},
			3 * time.Second},
		{"draft with all left", map[string]string{"RateLimit": `"hour";r=7;t=900`}, 0},
		{"draft without a number", map[string]string{"RateLimit": `"hour";r=;t=900`}, 0},
		{"garbage", map[string]string{"X-RateLimit-Reset": "soon", "RateLimit": ";;=,,;r=x"}, 0},
		{"negative", map[string]string{"X-RateLimit-Reset": "-4"}, 0},
		{"NaN", map[string]string{"X-RateLimit-Reset": "NaN"}, 0},
		{"infinite", map[string]string{"X-RateLimit-Reset": "1e400"}, farFuture},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := nethttp.Header{}
			for name, value := range tt.header {
				h.Set(name, value)
			}
			got := askedWait(h, "", true, noon)
			assert.InDelta(t, tt.want.Seconds(), got.Seconds(), 0.001)
		})
	}
}

// A reset that stands in every answer of an API says nothing about a server that fails.
func TestResetHeadersAreForRateLimitsOnly(t *testing.T) {
	t.Parallel()
	h := nethttp.Header{"X-Ratelimit-Reset": {"300"}}
	assert.Zero(t, askedWait(h, "", false, noon))
	assert.Equal(t, 5*time.Minute, askedWait(h, "X-RateLimit-Reset", false, noon))
}

func TestResetHeadersDecideTheWait(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if n == 1 {
			w.Header().Set("X-Ratelimit-Reset", fmt.Sprint(time.Now().Unix()+90))
			w.WriteHeader(429)
		}
	}, func(b *bundle) {
		_, err := b.get(NewClient(base), "records")
		require.NoError(b, err)
		assert.Equal(b, 90*time.Second, time.Since(b.start))
		assert.Equal(b, []time.Time{b.start.Add(90 * time.Second)}, b.limited)
	})
}

func FuzzResetHeaders(f *testing.F) {
	for _, seed := range []string{
		"50", "1764000000", "1764000000123", "limit=100, remaining=0, reset=30",
		`"default";r=0;t=30`, "Mon, 23 Nov 2026 12:01:00 GMT", "2026-11-23T12:01:00Z", "-1", "NaN",
		"1e309", "0;w=60",
	} {
		f.Add(seed, seed, seed)
	}
	f.Fuzz(func(t *testing.T, reset, remaining, combined string) {
		h := nethttp.Header{
			"X-Ratelimit-Reset": {reset}, "X-Ratelimit-Remaining": {remaining},
			"Ratelimit": {combined},
		}
		wait := askedWait(h, "", true, noon)
		if wait < 0 || wait > farFuture {
			t.Fatalf("a wait of %v", wait)
		}
		isExhausted(h)
	})
}
