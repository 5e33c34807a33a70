package http

import (
	nethttp "net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		header []string
		want   time.Duration
	}{
		{nil, 0},
		{[]string{""}, 0},
		{[]string{"120"}, 2 * time.Minute},
		{[]string{" 1.5 "}, 1500 * time.Millisecond},
		{[]string{"0"}, 0},
		{[]string{"-5"}, 0},
		{[]string{"NaN"}, 0},
		{[]string{"-Inf"}, 0},
		{[]string{"1e400"}, farFuture},
		{[]string{"-1e400"}, 0},
		{[]string{"99999999999999999999"}, farFuture},
		{[]string{"soon", "3"}, 3 * time.Second},
		{[]string{"Mon, 23 Nov 2026 12:00:30 GMT"}, 30 * time.Second},
		{[]string{"Monday, 23-Nov-26 12:00:30 GMT"}, 30 * time.Second},
		{[]string{"Mon, 23 Nov 2026 11:59:30 GMT"}, 0},
		{[]string{"Thu, 31 Dec 9999 23:59:59 GMT"}, farFuture},
		{[]string{"2026-11-23T12:00:30Z"}, 0},
	} {
		got := parseRetryAfter(nethttp.Header{"Retry-After": tt.header}, noon)
		assert.Equal(t, tt.want, got, tt.header)
	}
}

func FuzzParseRetryAfter(f *testing.F) {
	for _, seed := range []string{
		"120", "1.5", "-1", "NaN", "Inf", "1e999", "0x1p4", "Mon, 23 Nov 2026 12:00:30 GMT", "",
		"soon",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		wait := parseRetryAfter(nethttp.Header{"Retry-After": {value}}, noon)
		if wait < 0 || wait > farFuture {
			t.Fatalf("%q: %v", value, wait)
		}
	})
}

func TestBackoffIsJitteredAndBounded(t *testing.T) {
	t.Parallel()
	for n, bound := range map[int]time.Duration{
		1: time.Second, 2: 2 * time.Second, 6: 32 * time.Second, 7: time.Minute, 1000: time.Minute,
	} {
		seen := map[time.Duration]bool{}
		highest := time.Duration(0)
		for range 200 {
			wait := jitter(n)
			assert.Positive(t, wait)
			assert.LessOrEqual(t, wait, bound)
			seen[wait] = true
			highest = max(highest, wait)
		}
		assert.Greater(t, len(seen), 100)
		assert.Greater(t, highest, bound/2)
	}
}
