package sources

import "time"

// civil is a time as a calendar and a clock on the wall show it.
type civil struct {
	year, month, day           int
	hour, minute, second, nano int

	offset int  // seconds east of UTC
	zoned  bool // whether the offset was there
}

// instant returns the moment that is meant; without an offset that of the clocks in zone. ok is
// false where there is no such date or time of day. A leap second counts as the last nanosecond
// before it, so that it stays in order and what is written never lies after it.
func (c civil) instant(zone *time.Location) (t time.Time, ok bool) {
	if c.second == 60 {
		c.second, c.nano = 59, 999_999_999
	}
	midnight := c.hour == 24 && c.minute == 0 && c.second == 0 && c.nano == 0
	if c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31 ||
		c.hour > 23 && !midnight || c.minute > 59 || c.second > 59 {
		return t, false
	}
	t = time.Date(c.year, time.Month(c.month), c.day, 0, 0, 0, 0, time.UTC)
	if t.Day() != c.day {
		return t, false
	}
	t = t.Add(time.Duration((c.hour*60+c.minute)*60+c.second)*time.Second + time.Duration(c.nano))
	if c.zoned {
		return t.Add(-time.Duration(c.offset) * time.Second), true
	}
	return onClocks(t, zone), true
}

// widestOffset is more than any clock is from UTC.
const widestOffset = 26 * time.Hour

// onClocks returns the moment at which the clocks of zone show what those of UTC show at wall. An
// hour that the clocks show twice means the first; one that they leave out, the moment of the
// change. So a later time on the wall never is an earlier moment.
func onClocks(wall time.Time, zone *time.Location) time.Time {
	if zone == time.UTC {
		return wall
	}
	at := wall.Add(-widestOffset).In(zone)
	for {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		if !end.IsZero() && !end.After(at) {
			end = at.Add(widestOffset) // beyond the tables, leap years seem to end a day early
		}
		t := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		switch {
		case t.Before(at):
			return at
		case end.IsZero() || t.Before(end):
			return t
		}
		at = end
	}
}

// wall is the reverse of onClocks: what the clocks show at t, as if they were those of UTC.
func wall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// move adds d to t. Whole days go along the calendar of t's zone, where a day may have 23 or 25
// hours.
func move(t time.Time, d time.Duration) time.Time {
	const day = 24 * time.Hour
	if d%day != 0 || t.Location() == time.UTC {
		return t.Add(d)
	}
	return onClocks(wall(t).Add(d), t.Location())
}
