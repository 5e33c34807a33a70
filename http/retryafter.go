package http

import (
	"math"
	nethttp "net/http"
	"strconv"
	"strings"
	"time"
)

// farFuture stands for any longer wait: the header's number may exceed what a duration holds.
const farFuture = 100 * 365 * 24 * time.Hour

// parseRetryAfter returns how long the API asks to wait, as seconds (fractions included) or as a
// date. It returns 0, and the own backoff decides, when there is no such header, when it makes no
// sense, and when the time is over already.
func parseRetryAfter(h nethttp.Header, now time.Time) time.Duration {
	for _, value := range h.Values("Retry-After") {
		if wait := parseWait(strings.TrimSpace(value), now); wait > 0 {
			return wait
		}
	}
	return 0
}

func parseWait(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseFloat(value, 64); err == nil || math.IsInf(seconds, 0) {
		return secondsToWait(seconds)
	}
	at, err := nethttp.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), farFuture)
}

// secondsToWait is 0 for what is negative or not a number.
func secondsToWait(seconds float64) time.Duration {
	switch {
	case !(seconds > 0):
		return 0
	case seconds >= farFuture.Seconds():
		return farFuture
	}
	return time.Duration(seconds * float64(time.Second))
}
