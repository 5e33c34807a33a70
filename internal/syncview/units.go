package syncview

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Thousands writes 1234567 as 1,234,567.
func Thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Bytes writes a number of bytes with a unit that leaves few digits.
func Bytes(n int64) string {
	const kilo, mega, giga = 1_000, 1_000_000, 1_000_000_000
	switch {
	case n < 10*kilo:
		return fmt.Sprintf("%d B", n)
	case n < mega:
		return fmt.Sprintf("%d kB", n/kilo)
	case n < giga:
		return fmt.Sprintf("%.1f MB", float64(n)/mega)
	}
	return fmt.Sprintf("%.2f GB", float64(n)/giga)
}

// Seconds writes a duration as 3.2 s, and from a minute on as 1:05 or 1:02:03.
func Seconds(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return clock(d)
}

// seconds is [Seconds] for a number of the report.
func seconds(s float64) string { return Seconds(time.Duration(s * float64(time.Second))) }

// clock writes 0:05, 1:05 or 1:02:03.
func clock(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	if s < 60*60 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// rate writes a number a second.
func rate(perSecond float64) string {
	const whole = 10 // from here on a fraction says nothing
	if perSecond < whole {
		return fmt.Sprintf("%.1f/s", perSecond)
	}
	return Thousands(int64(perSecond+0.5)) + "/s"
}

// Plural writes "1 answer" or "2 answers".
func Plural(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return Thousands(n) + " " + noun
}

// ShortState shows the state of a stream to people. Most are an object with one member that says
// something.
func ShortState(state json.RawMessage) string {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(state, &members); err == nil {
		var name string
		for n := range members {
			switch {
			case n == "go_cdk" || strings.HasPrefix(n, "__ab_"):
			case name == "":
				name = n
			default: // there are several
				return compact(state)
			}
		}
		value := bytes.TrimSpace(members[name])
		if len(value) > 0 && !bytes.ContainsAny(value, "{[") {
			return Clean(name + " " + strings.Trim(string(value), `"`))
		}
	}
	return compact(state)
}

// enough of a state that nobody reads to its end.
const enough = 100

func compact(state json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, state) != nil {
		return ""
	}
	return clip(Clean(b.String()), enough)
}
