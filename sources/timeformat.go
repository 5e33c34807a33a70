package sources

import (
	"errors"
	"strings"
	"time"
)

// timeFormat is how a time is spelled: a Go layout, an epoch format such as [EpochSeconds], or
// whatever has a percent sign, a format of Python's strftime.
type timeFormat string

var (
	errNotTime = errors.New("not a time in this format")
	errFarTime = errors.New("a time beyond the year 9999")
)

// These bound the times that are read, so that each can be written in every zone with a year of
// four digits, and rounded down and read again.
var (
	beginning = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).Add(-widestOffset)
	yearOne   = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	latest    = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Add(widestOffset)
)

// read reads the text of a JSON string or number. What has no offset is meant in zone. All times
// before the year 1 are the same.
func (f timeFormat) read(text []byte, number bool, zone *time.Location) (time.Time, error) {
	t, err := f.parse(text, number, zone)
	switch {
	case err != nil:
		return t, err
	case t.Before(yearOne):
		return beginning, nil
	case t.After(latest):
		return t, errFarTime
	}
	return t, nil
}

func (f timeFormat) parse(text []byte, number bool, zone *time.Location) (time.Time, error) {
	format := string(f)
	if format == time.RFC3339Nano || format == time.RFC3339 {
		if number { // 20260102 might be a date or seconds
			return time.Time{}, errNotTime
		}
		return readISO(text, zone)
	}
	if places, ok := epochPlaces(format); ok {
		return readEpoch(text, places)
	}
	if f.beginsLikeRFC3339() {
		if t, ok := readRFC3339(text); ok {
			return t, nil
		}
	}
	if f.isUTC() {
		zone = time.UTC
	}
	if f.isPython() {
		return readStrptime(format, text, zone)
	}
	return f.readLayout(text, zone)
}

// readLayout reads a Go layout.
func (f timeFormat) readLayout(text []byte, zone *time.Location) (time.Time, error) {
	switch f.offset() {
	case noOffset:
		t, err := time.ParseInLocation(string(f), string(text), time.UTC)
		return onClocks(t, zone), err
	case namedOffset:
		t, err := time.ParseInLocation(string(f), string(text), zone)
		// A name that zone does not know is read as UTC under that name.
		if at := t.Location(); err == nil && at != zone && at != time.UTC && at.String() != "GMT" {
			return t, errNotTime
		}
		return t, err
	default:
		return time.ParseInLocation(string(f), string(text), zone)
	}
}

// text spells t as the clocks of zone show it. It rounds down.
func (f timeFormat) text(t time.Time, zone *time.Location) string {
	format := string(f)
	if places, ok := epochPlaces(format); ok {
		return epochText(format, places, t)
	}
	t = f.local(t, zone)
	if f.isPython() {
		return string(appendStrftime(nil, format, t))
	}
	return t.Format(format)
}

// local returns t in the zone in which it is written: in UTC where the format says so, and where
// it cannot spell the offset exactly. A year without four digits becomes the nearest that has.
func (f timeFormat) local(t time.Time, zone *time.Location) time.Time {
	t = t.In(f.clocks(zone))
	offset := f.offset()
	if _, seconds := t.Zone(); offset > 0 && seconds%int(offset) != 0 {
		t = t.UTC()
	}
	switch y := t.Year(); {
	case y < 0:
		return time.Date(0, 1, 1, 0, 0, 0, 0, t.Location())
	case y > 9999:
		return time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, t.Location())
	}
	return t
}

// clocks returns the zone in which the format is written.
func (f timeFormat) clocks(zone *time.Location) *time.Location {
	if f.offset() == namedOffset || f.isUTC() {
		return time.UTC
	}
	return zone
}

// beginsLikeRFC3339 is true of most formats of times. A value that says more than such a format, an
// offset or a fraction, is understood all the same, and much faster.
func (f timeFormat) beginsLikeRFC3339() bool {
	return strings.HasPrefix(string(f), "%Y-%m-%dT%H:%M:%S") ||
		strings.HasPrefix(string(f), "2006-01-02T15:04:05")
}

func (f timeFormat) isPython() bool { return strings.IndexByte(string(f), '%') >= 0 }

// isUTC reports whether the format ends in a literal that says so.
func (f timeFormat) isUTC() bool {
	s := string(f)
	return strings.HasSuffix(s, "Z") && !strings.HasSuffix(s, "%Z") ||
		strings.HasSuffix(s, "GMT") || strings.HasSuffix(s, "UTC")
}

// offsetUnit is what an offset is spelled in, in seconds.
type offsetUnit int

const (
	namedOffset   offsetUnit = -1 // CET, which may mean anything
	noOffset      offsetUnit = 0
	secondsOffset offsetUnit = 1
	minutesOffset offsetUnit = 60
	hoursOffset   offsetUnit = 3600
)

func (f timeFormat) offset() offsetUnit {
	has := func(part string) bool { return strings.Contains(string(f), part) }
	if f.isPython() {
		switch {
		case has("%z"), has("%:z"):
			return minutesOffset
		case has("%Z"):
			return namedOffset
		}
		return noOffset
	}
	switch {
	case has("07:00:00"), has("070000"):
		return secondsOffset
	case has("-07:00"), has("Z07:00"), has("-0700"), has("Z0700"):
		return minutesOffset
	case has("-07"), has("Z07"):
		return hoursOffset
	case has("MST"):
		return namedOffset
	}
	return noOffset
}

// floor returns t as it is read again after it has been written.
func (f timeFormat) floor(t time.Time, zone *time.Location) time.Time {
	floor, err := f.read([]byte(f.text(t, zone)), false, zone)
	if err != nil {
		return t
	}
	return floor
}
