package http

import (
	"fmt"
	nethttp "net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/protocol"
)

// workers sends n requests from each of several workers, to paths that name tells.
func (b *bundle) workers(c *Client, workers, n int, name func(worker, i int) string) {
	var running sync.WaitGroup
	for w := range workers {
		running.Go(func() {
			for i := range n {
				_, err := b.get(c, name(w, i))
				assert.NoError(b, err)
			}
		})
	}
	running.Wait()
}

func samePath(int, int) string { return "records" }

// most returns the largest sum of weights that arrived in any period, less the rounding of floats.
func (b *bundle) most(per time.Duration, weight func(a arrival) int) (most int) {
	calls := b.arrivals()
	for i, first := range calls {
		sum := 0
		for _, call := range calls[i:] {
			if call.after-first.after < per-time.Microsecond {
				sum += weight(call)
			}
		}
		most = max(most, sum)
	}
	return most
}

func one(arrival) int { return 1 }

func TestSeveralWindows(t *testing.T) {
	t.Parallel()
	bubble(t, func(nethttp.ResponseWriter, *nethttp.Request, int) { time.Sleep(time.Second) },
		func(b *bundle) {
			c := NewClient(base, Limit(10, time.Second), Limit(60, time.Minute))
			b.workers(c, 16, 20, samePath)
			assert.Equal(b, 60, b.most(time.Minute, one))
			assert.LessOrEqual(b, b.most(time.Second, one), 10)
			assert.InDelta(b, 320, time.Since(b.start).Seconds(), 2)
		})
}

func TestLimitsOfPaths(t *testing.T) {
	t.Parallel()
	bubble(t, func(nethttp.ResponseWriter, *nethttp.Request, int) {}, func(b *bundle) {
		c := NewClient(base,
			RateLimit{Requests: 60, Per: time.Minute, Only: []string{"/reports/{id}", "POST /"}})
		for range 3 {
			_, err := b.get(c, "records")
			require.NoError(b, err)
		}
		assert.Equal(b, b.start, time.Now(), "it falls under no limit")
		for i := range 3 {
			_, err := b.get(c, fmt.Sprint("reports/", i, "?x=1"))
			require.NoError(b, err)
		}
		assert.Equal(b, 2*time.Second, time.Since(b.start))
		_, err := b.do(c, &Request{Path: "records", Method: "POST"})
		require.NoError(b, err)
		assert.Equal(b, 3*time.Second, time.Since(b.start))
	})
}

func TestWeights(t *testing.T) {
	t.Parallel()
	bubble(t, func(nethttp.ResponseWriter, *nethttp.Request, int) {}, func(b *bundle) {
		weights := map[string]int{"/search": 10, "/": 2, "POST /cheap": 1}
		c := NewClient(base, RateLimit{Requests: 100, Per: time.Minute, Weights: weights})
		b.workers(c, 8, 10, func(_, i int) string { return []string{"search", "get"}[i%2] })
		weightOf := func(a arrival) int {
			return map[string]int{"/v1/search": 10, "/v1/get": 2}[a.URL.Path]
		}
		assert.LessOrEqual(b, b.most(time.Minute, weightOf), 100)
		assert.Greater(b, b.most(time.Minute, weightOf), 80)
	})
}

func TestMistakesInARateLimit(t *testing.T) {
	t.Parallel()
	minute := func(r RateLimit) RateLimit {
		r.Requests, r.Per = 10, time.Minute
		return r
	}
	for _, tt := range []struct {
		limit RateLimit
		want  string
	}{
		{RateLimit{}, "http.RateLimit: Requests is 0 and Per 0s; both must be positive"},
		{minute(RateLimit{Weights: map[string]int{"/a": 11}}),
			`http.RateLimit: the weight of "/a" is 11; it must be from 1 to Requests`},
		{minute(RateLimit{Weights: map[string]int{"/a": 0}}),
			`http.RateLimit: the weight of "/a" is 0; it must be from 1 to Requests`},
		{minute(RateLimit{Only: []string{"/a/{"}}),
			`http.RateLimit: Only has the pattern "/a/{": `},
	} {
		func() {
			defer func() { assert.Contains(t, recover(), tt.want) }()
			NewClient(base, tt.limit)
			t.Error("no panic")
		}()
	}
}

// One worker is told to wait, and the others wait with it instead of being refused as well.
func TestARefusalPausesAllWorkers(t *testing.T) {
	t.Parallel()
	var until time.Time
	refused := 0
	var mu sync.Mutex
	refuse := func(w nethttp.ResponseWriter, n int) bool {
		mu.Lock()
		defer mu.Unlock()
		if n == 20 {
			until = time.Now().Add(30 * time.Second)
		}
		if !time.Now().Before(until) {
			return false
		}
		refused++
		w.Header().Set("Retry-After", fmt.Sprint(int(time.Until(until).Seconds())))
		w.WriteHeader(429)
		return true
	}
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if !refuse(w, n) {
			time.Sleep(100 * time.Millisecond)
		}
	}, func(b *bundle) {
		b.workers(NewClient(base), 8, 10, samePath)
		assert.LessOrEqual(b, refused, 8, "only what was on its way")
		assert.Len(b, b.arrivals(), 80+refused)
		after := 0
		for _, call := range b.arrivals() {
			if at := b.start.Add(call.after); at.After(until) && at.Before(until.Add(time.Second)) {
				after++
			}
		}
		assert.Greater(b, after, 8, "they do not come late either")
	})
}

// A request that has waited for its turn when the pause begins takes its turn anew after it, so
// that not all that had one start together.
func TestAPauseHoldsTurnsAsWell(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if n == 1 {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(429)
		}
	}, func(b *bundle) {
		b.workers(NewClient(base, Limit(1, 10*time.Second)), 3, 1, samePath)
		calls := b.arrivals()
		require.Len(b, calls, 4)
		assert.Zero(b, calls[0].after)
		for i := 1; i < 4; i++ {
			assert.GreaterOrEqual(b, calls[i].after, time.Minute)
			if i > 1 {
				gap := calls[i].after - calls[i-1].after
				assert.GreaterOrEqual(b, gap, 10*time.Second-time.Microsecond)
			}
		}
	})
}

// Who waits for a turn in a slow limit must not hold one of a fast limit meanwhile.
func TestASlowLimitDoesNotBunchTheFastOne(t *testing.T) {
	t.Parallel()
	bubble(t, func(nethttp.ResponseWriter, *nethttp.Request, int) {}, func(b *bundle) {
		c := NewClient(base, Limit(10, time.Second),
			RateLimit{Requests: 1, Per: 5 * time.Second, Only: []string{"/slow"}})
		b.workers(c, 8, 40, func(worker, i int) string {
			if worker < 2 && i < 3 {
				return "slow"
			}
			return "records"
		})
		assert.Equal(b, 10, b.most(time.Second, one))
	})
}

func TestALongWaitGivesSignsOfLife(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if n == 1 {
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(429)
		}
	}, func(b *bundle) {
		signs := 0
		ctx := hook.With(b.ctx, &hook.Hooks{Progress: func() { signs++ }})
		_, err := NewClient(base).Do(ctx, &Request{})
		require.NoError(b, err)
		assert.InDelta(b, 2+10, signs, 1)
	})
}

func TestARefusalPausesTheNarrowestLimit(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		if n == 1 {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(429)
		}
	}, func(b *bundle) {
		c := NewClient(base, Limit(1000, time.Second),
			RateLimit{Requests: 100, Per: time.Second, Only: []string{"/search"}})
		go func() { _, _ = b.get(c, "search") }()
		time.Sleep(time.Second)
		_, err := b.get(c, "records")
		require.NoError(b, err)
		assert.Equal(b, time.Second, time.Since(b.start))
		_, err = b.get(c, "search")
		require.NoError(b, err)
		assert.Greater(b, time.Since(b.start), time.Minute)
	})
}

func TestNoneLeftMeansWaiting(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, header, value string
		waits               bool
	}{
		{"none left", "X-Ratelimit-Remaining", "0", true},
		{"some left", "X-Ratelimit-Remaining", "1", false},
		{"draft", "Ratelimit", "limit=3, remaining=0, reset=40", true},
		{"nothing said", "X-Other", "0", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
				if n == 1 {
					w.Header().Set(tt.header, tt.value)
					w.Header().Set("X-Ratelimit-Reset", fmt.Sprint(time.Now().Unix()+40))
				}
			}, func(b *bundle) {
				c := NewClient(base)
				for range 2 {
					_, err := b.get(c, "records")
					require.NoError(b, err)
				}
				assert.Equal(b, tt.waits, time.Since(b.start) >= 40*time.Second)
				assert.LessOrEqual(b, time.Since(b.start), 41*time.Second)
				assert.Equal(b, tt.waits, len(b.limited) == 1)
			})
		})
	}
}

func TestAResetFarAwayIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		w.Header().Set("X-Ratelimit-Remaining", "0")
		w.Header().Set("X-Ratelimit-Reset", "3600")
	}, func(b *bundle) {
		c := NewClient(base)
		for range 2 {
			_, err := b.get(c, "records")
			require.NoError(b, err)
		}
		assert.Equal(b, b.start, time.Now())
	})
}

func TestAPauseThatDoesNotFitEndsAtOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		w.WriteHeader([]int{503, 200, 200}[n-1])
		time.Sleep(8 * time.Minute)
	}, func(b *bundle) {
		c := NewClient(base, Timeouts{Header: time.Hour, Total: time.Hour, IdleBody: time.Hour})
		go func() {
			time.Sleep(time.Minute)
			c.limits.rest.pause(time.Now().Add(9*time.Minute + 30*time.Second))
		}()
		_, err := b.get(c, "records")
		own := protocol.AsError(err)
		assert.Equal(b, protocol.TransientError, own.Type)
		assert.Contains(b, own.Message, "GET https://api.example.com/v1/records: the API's rate "+
			"limit is exceeded, as another request was told. A later sync goes on from the last "+
			"state; fewer parallel syncs of this API help. It was tried 2 times in 8m0.")
		assert.Contains(b, own.Message, "It asks to wait until 2000-01-01T00:10:30Z (2m")
		assert.Len(b, b.arrivals(), 1)
	})
}

// A turn in a rate limit of our own is no time that the API took.
func TestTurnsDoNotCountAsElapsed(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if n%2 == 1 {
			w.WriteHeader(503)
		}
	}, func(b *bundle) {
		b.workers(NewClient(base, Limit(1, 10*time.Minute)), 2, 1, samePath)
		assert.Len(b, b.arrivals(), 4)
	})
}

// apiLimit is the limit of a fake API: a window of a second.
type apiLimit struct {
	allowed int
	window  time.Time
	used    int
	good    int
	refused int
	mu      sync.Mutex
}

func (l *apiLimit) serve(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); now.Sub(l.window) >= time.Second {
		l.window, l.used = now, 0
	}
	if l.used++; l.used > l.allowed {
		l.refused++
		w.WriteHeader(429)
		return
	}
	l.good++
}

func TestAdaptiveLimitFindsTheRate(t *testing.T) {
	t.Parallel()
	api := &apiLimit{allowed: 20}
	bubble(t, api.serve, func(b *bundle) {
		c := NewClient(base, RateLimit{Requests: 100, Per: time.Second, Adaptive: true})
		b.workers(c, 16, 400, samePath)
		took := time.Since(b.start).Seconds()
		b.Logf("%d good and %d refused in %.0f s", api.good, api.refused, took)
		assert.Less(b, float64(api.refused)/float64(api.good), 0.02, "of 6,400 requests")
		assert.Greater(b, float64(api.good)/took, 0.7*20, "requests for each second")
	})
}

func TestPace(t *testing.T) {
	t.Parallel()
	p := newPace(90)
	now := noon
	require.InDelta(t, 60, float64(p.refused(now, now)), 0.001)
	require.InDelta(t, 60, float64(p.refused(now.Add(-time.Second), now)), 0.001,
		"it was sent before the cut")
	now = now.Add(time.Hour)
	require.InDelta(t, 60.9, float64(p.accepted(now)), 0.001, "a rest proves nothing")
	for range 100 {
		now = now.Add(time.Second)
		p.accepted(now)
	}
	require.InDelta(t, 88.5, float64(p.current), 0.1, "slowly, near the rate that was refused")
	for range 100 {
		now = now.Add(time.Second)
		p.refused(now, now)
	}
	require.InDelta(t, 0.9, float64(p.current), 0.001, "never slower than that")
}
