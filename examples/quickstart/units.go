package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// thousands writes 1234567 as 1,234,567.
func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// bytesText writes a number of bytes with a unit that leaves few digits.
func bytesText(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", n/1_000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

func secondsText(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// plural writes "1 answer" or "2 answers".
func plural(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

// shortState shows the state of a stream: most are an object with one member.
func shortState(raw json.RawMessage) string {
	var members map[string]any
	if err := json.Unmarshal(raw, &members); err == nil && len(members) == 1 {
		for name, value := range members {
			return fmt.Sprintf("%s %v", name, value)
		}
	}
	const enough = 50
	return string(raw[:min(len(raw), enough)])
}
