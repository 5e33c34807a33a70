package sources

import (
	"bytes"
	"strconv"
	"time"
)

// Formats of a [TimeCursor] that count from the beginning of 1970 in UTC. They read a JSON number
// or a string, with a fraction or an exponent if need be, and negative before 1970. They are
// written as digits, in a state as a string.
const (
	EpochSeconds      = "%s"
	EpochMilliseconds = "%ms"
	EpochMicroseconds = "%epoch_microseconds"
	EpochNanoseconds  = "%epoch_nanoseconds"

	// EpochFloatSeconds is written with a fraction of one to nine digits.
	EpochFloatSeconds = "%s_as_float"
)

// epochPlaces is how many digits behind the seconds a format counts in.
func epochPlaces(format string) (places int, ok bool) {
	switch format {
	case EpochSeconds, EpochFloatSeconds:
		return 0, true
	case EpochMilliseconds:
		return 3, true
	case EpochMicroseconds:
		return 6, true
	case EpochNanoseconds:
		return 9, true
	}
	return 0, false
}

// readEpoch rounds what lies between two nanoseconds down.
func readEpoch(text []byte, places int) (time.Time, error) {
	d, ok := readDecimal(text)
	if !ok {
		return time.Time{}, errNotTime
	}
	seconds, nanos, more, ok := d.split(-places)
	if !ok {
		return time.Time{}, errFarTime
	}
	if d.negative {
		if more {
			nanos++
		}
		seconds, nanos = -seconds, -nanos
	}
	return time.Unix(seconds, nanos), nil
}

// epochText rounds down to what the format counts in.
func epochText(format string, places int, t time.Time) string {
	if format == EpochFloatSeconds {
		places = 9
	}
	seconds, nanos := t.Unix(), int64(t.Nanosecond())
	unit := powers[9-places]
	parts := nanos / unit
	var text []byte
	if seconds < 0 {
		text = append(text, '-')
		seconds = -seconds
		if parts > 0 {
			seconds, parts = seconds-1, powers[places]-parts
		}
	}
	text = strconv.AppendInt(text, seconds, 10)
	if format == EpochFloatSeconds {
		text = bytes.TrimRight(appendPadded(append(text, '.'), parts, places), "0")
		if text[len(text)-1] == '.' {
			text = append(text, '0')
		}
		return string(text)
	}
	return trimZeros(appendPadded(text, parts, places))
}

// appendPadded writes n with leading zeros in so many places.
func appendPadded(text []byte, n int64, places int) []byte {
	for places--; places >= 0; places-- {
		text = append(text, byte('0'+n/powers[places]%10))
	}
	return text
}

// trimZeros takes the zeros off the front that a number has when its seconds are zero.
func trimZeros(text []byte) string {
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	text = bytes.TrimLeft(text, "0")
	if len(text) == 0 {
		return "0"
	}
	return sign + string(text)
}
