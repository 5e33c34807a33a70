package sources

import "time"

// Period is a part of the calendar, in the zone of its cursor: [Days], [Weeks], [Months],
// [Quarters] or [Years].
type Period int

// The periods but weeks, which begin on a given day: see [Weeks].
const (
	Days Period = iota + 1
	Months
	Quarters
	Years
	weeks // and six more
)

// Weeks returns weeks that begin on the given day.
func Weeks(first time.Weekday) Period { return weeks + Period(first) }

func (p Period) valid() bool { return 0 <= p && p <= Weeks(time.Saturday) }

// shortest is how long a period lasts at the least, with days of 24 hours.
func (p Period) shortest() time.Duration {
	const day = 24 * time.Hour
	switch {
	case p == Days:
		return day
	case p >= weeks:
		return 7 * day
	case p == Months:
		return 28 * day
	case p == Quarters:
		return 90 * day
	}
	return 365 * day
}

// begin returns where the period around t begins, on the calendar of t's zone.
func (p Period) begin(t time.Time) time.Time {
	if next := p.next(t); !next.After(t) { // clocks have gone back to the day before
		return next
	}
	return p.nth(t, 0)
}

// end returns t where a period begins at it, and otherwise where the next one does.
func (p Period) end(t time.Time) time.Time {
	if begin := p.begin(t); begin.Equal(t) {
		return begin
	}
	return p.next(p.begin(t))
}

// next returns where the period begins that follows the one that begins at t.
func (p Period) next(t time.Time) time.Time { return p.nth(t, 1) }

// last returns where the period begins that ends at t.
func (p Period) last(t time.Time) time.Time { return p.begin(t.Add(-1)) }

// nth returns where the period of t's date begins, or the nth after it.
func (p Period) nth(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	switch p {
	case Days:
		d += n
	case Months:
		m, d = m+time.Month(n), 1
	case Quarters:
		m, d = m-(m-1)%3+time.Month(3*n), 1
	case Years:
		y, m, d = y+n, 1, 1
	default:
		d += 7*n - int(t.Weekday()-time.Weekday(p-weeks)+7)%7
	}
	return onClocks(time.Date(y, m, d, 0, 0, 0, 0, time.UTC), t.Location())
}
