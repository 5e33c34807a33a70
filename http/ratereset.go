package http

import (
	nethttp "net/http"
	"strconv"
	"strings"
	"time"
)

// resetHeaders tell when a rate limit begins anew, remainingHeaders how many requests are left
// until then. The standard in the making has both in RateLimit alone.
var (
	resetHeaders     = []string{"X-Ratelimit-Reset", "Ratelimit-Reset", "X-Rate-Limit-Reset"}
	remainingHeaders = []string{
		"X-Ratelimit-Remaining", "Ratelimit-Remaining", "X-Rate-Limit-Remaining",
	}
)

// askedWait returns how long an answer asks to wait, 0 when it does not. Retry-After comes first;
// the reset of a rate limit counts only where that limit is what refused the request. A header
// named by the author counts always, and alone.
func askedWait(h nethttp.Header, named string, limited bool, now time.Time) time.Duration {
	now = serverTime(h, now)
	if named != "" {
		return longest(h.Values(named), now)
	}
	if wait := parseRetryAfter(h, now); wait > 0 || !limited {
		return wait
	}
	return resetWait(h, now)
}

// serverTime is the time by the API's clock, by which it names the moment of a reset: that of the
// connector may be wrong. Without a Date header it is now.
func serverTime(h nethttp.Header, now time.Time) time.Time {
	if date := h.Get("Date"); date != "" {
		if at, err := nethttp.ParseTime(date); err == nil {
			return at
		}
	}
	return now
}

// resetWait returns the time until the rate limit begins anew. Where requests are said to be left,
// another limit has refused this one, of which nothing is known.
func resetWait(h nethttp.Header, now time.Time) time.Duration {
	if left, wait := parseRateLimit(h.Values("Ratelimit"), now); left == 0 && wait > 0 {
		return wait
	}
	if hasLeft(h) {
		return 0
	}
	for _, name := range resetHeaders {
		if wait := longest(h.Values(name), now); wait > 0 {
			return wait
		}
	}
	return 0
}

// isExhausted reports whether an answer says that no request is left.
func isExhausted(h nethttp.Header) bool {
	if left, _ := parseRateLimit(h.Values("Ratelimit"), time.Time{}); left == 0 {
		return true
	}
	for _, name := range remainingHeaders {
		if left, ok := leadingNumber(h.Get(name)); ok && left <= 0 {
			return true
		}
	}
	return false
}

// hasLeft reports whether an answer says that requests are left.
func hasLeft(h nethttp.Header) bool {
	for _, name := range remainingHeaders {
		if left, ok := leadingNumber(h.Get(name)); ok && left > 0 {
			return true
		}
	}
	return false
}

// longest returns the longest of the waits that the values of a header name.
func longest(values []string, now time.Time) (wait time.Duration) {
	for _, value := range values {
		wait = max(wait, parseReset(strings.TrimSpace(value), now))
	}
	return wait
}

// parseReset reads the moment or the time left of a reset: seconds or milliseconds since 1970,
// seconds from now, or a date. The forms are told apart by their size: a number above half of the
// seconds since 1970 is no time to wait, which would be decades, and one above a hundred times
// that is in a finer unit.
func parseReset(value string, now time.Time) time.Duration {
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil {
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return min(max(at.Sub(now), 0), farFuture)
		}
		return parseWait(value, now)
	}
	since1970 := float64(now.UnixMilli()) / 1000
	if since1970 > 0 && seconds > since1970/2 {
		for finer := 0; finer < 3 && seconds > 100*since1970; finer++ {
			seconds /= 1000
		}
		seconds -= since1970
	}
	return secondsToWait(seconds)
}

// parseRateLimit reads the header RateLimit in the forms of its drafts, such as
// "limit=100, remaining=0, reset=30" and `"default";r=0;t=30`. It returns the lowest number of
// requests left and the longest time until the reset of a limit that has none left. left is
// negative when the header says nothing about it.
func parseRateLimit(values []string, now time.Time) (left int, wait time.Duration) {
	left = -1
	if len(values) == 0 {
		return left, 0
	}
	text := strings.Join(values, ",")
	// In the older form the commas part the members of one limit, in the newer ones limits.
	limits := strings.Split(text, ",")
	if !strings.Contains(text, ";") {
		limits = []string{strings.ReplaceAll(text, ",", ";")}
	}
	for _, limit := range limits {
		remaining, reset := -1, time.Duration(0)
		for member := range strings.SplitSeq(limit, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(member), "=")
			switch strings.ToLower(name) {
			case "r", "remaining":
				if n, ok := leadingNumber(value); ok {
					remaining = max(n, 0)
				}
			case "t", "reset":
				reset = parseReset(strings.TrimSpace(value), now)
			}
		}
		if remaining >= 0 && (left < 0 || remaining < left) {
			left = remaining
		}
		if remaining == 0 {
			wait = max(wait, reset)
		}
	}
	return left, wait
}

// leadingNumber reads the number at the start of a value such as "12" or "12, 500;w=60".
func leadingNumber(value string) (int, bool) {
	if value == "" { // mostly: there is no such header
		return 0, false
	}
	value = strings.TrimSpace(value)
	end := strings.IndexFunc(value, func(r rune) bool { return r != '-' && (r < '0' || r > '9') })
	if end >= 0 {
		value = value[:end]
	}
	n, err := strconv.Atoi(value)
	return n, err == nil
}
