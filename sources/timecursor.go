package sources

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// TimeCursor is a cursor over a field that holds a time, as text or as a number.
//
// # Formats
//
// A format is a Go time layout, a format of Python's strftime, which is whatever has a percent
// sign, or one of the constants that count since 1970. The first of Formats is written, to the API
// and in states; all are read, in turn.
//
//	format                          reads                           writes
//	(none), time.RFC3339Nano        ISO 8601, see below             2026-01-02T03:04:05.678Z
//	time.RFC3339                    ISO 8601, see below             2026-01-02T03:04:05Z
//	time.DateOnly, or "%Y-%m-%d"    2026-01-02                      2026-01-02
//	"%Y-%m-%dT%H:%M:%S.%fZ"         2026-01-02T03:04:05.678Z        2026-01-02T03:04:05.678000Z
//	"%Y-%m-%dT%H:%M:%S.%_ms%z"      2026-01-02T04:04:05.678+01:00   2026-01-02T03:04:05.678+0000
//	EpochSeconds                    1767323045, "1767323045.678"    1767323045
//	EpochFloatSeconds               1767323045.678, 1.767e9         1767323045.678
//	EpochMilliseconds               1767323045678                   1767323045678
//	EpochMicroseconds               1767323045678000                1767323045678000
//	EpochNanoseconds                1767323045678000000             1767323045678000000
//
// Reading ISO 8601 means RFC 3339 and its relatives: a date alone, no offset or one of hours only
// or without a colon, a space or a small t for the T, a comma for the point, no separators at all
// (20260102T030405Z). Weeks and days of the year are not among them. A leap second counts as the
// last moment before it.
//
// Years go from 1 to 9999. All earlier times are the same one to the cursor, and a later one is no
// value.
//
// Of Python's directives these are known: %Y %y %m %d %e %j %b %B %a %A %H %I %p %M %S %f %_ms %z
// %:z %Z %F %T %R %D %%, and %-d and its like to write without a leading zero. Names are English.
//
// # Rounding
//
// What is written never lies after the value it stands for, so rounding repeats records and loses
// none. This holds for both bounds of a slice: with a format of dates a slice that ends at noon has
// the To of that day, which is right for an API that takes in the day of its upper bound. One that
// does not gives the rest of the day to the next sync, whose slices begin on the same day.
//
// # Zones
//
// Values without an offset are read in Zone, and all are written in it, but for a format that ends
// in a Z, in GMT or in UTC, which is UTC everywhere, and one with the name of a zone such as MST,
// which is written in UTC. Of an hour that the clocks show twice the first is meant, and a time
// that they leave out is read as the moment of the change.
//
// A Step, Lookback, Granularity or MaxAge of whole days goes along the calendar of Zone, where a
// day may have 23 or 25 hours.
type TimeCursor struct {
	// Field is the dotted path of the field in a record; required.
	Field string
	// Start is where the first sync begins. The zero time means the beginning of all data: one
	// slice without From.
	Start time.Time
	// End is where reading ends. The zero time means now, when the read starts.
	End time.Time
	// Step is the length of a slice. Zero means one slice, or with Clamp one for each period.
	Step time.Duration
	// Clamp makes slices of whole periods, for reports of days or months: see [Period]. The first
	// begins with the period around Start. The period that runs is left to a later sync, and a
	// saved position inside of a period reads that period again from its beginning. With a Step a
	// slice holds as many periods as it takes to make that long. Zero cuts anywhere.
	//
	// An API that takes in the day of its upper bound wants a Granularity of 24 hours, so that a
	// slice ends on the last day of a period.
	Clamp Period
	// Zone is where values without an offset are meant, values are written and periods begin.
	// Nil means UTC.
	Zone *time.Location
	// Lookback is read again before a saved position, for records that appear late. Never goes
	// before Start.
	Lookback time.Duration
	// MaxAge is how far before now the API's data reaches. No slice begins before that, whatever
	// Start and a saved position say, except by what the first format rounds; with Clamp the first
	// begins with the next period. Zero means that data is kept for ever.
	MaxAge time.Duration
	// Granularity is the smallest difference between two values, for an API whose bounds are
	// both inclusive: a slice then ends this much before the next one begins. Zero lets
	// neighbours share their bound, which loses nothing where at least one of the API's bounds is
	// inclusive, but reads the records on the bound twice where both are. For an API whose bounds
	// are both exclusive leave Step and Clamp zero.
	Granularity time.Duration
	// Formats are the formats of values: see above. Defaults to [time.RFC3339Nano].
	Formats []string
	// Order is the order of the records within a slice. Defaults to Unordered.
	Order Order
	// Filter drops records outside of the slice, for an API that cannot filter. Needs a zero
	// Step and Clamp, because each slice would read everything.
	Filter bool
}

var _ Cursor = TimeCursor{}

func (c TimeCursor) name() string         { return c.Field }
func (c TimeCursor) reads() (Order, bool) { return c.Order, c.Filter }

// formats returns the formats to read, the one to write first.
func (c TimeCursor) formats() []string {
	if len(c.Formats) == 0 {
		return rfc3339
	}
	return c.Formats
}

var rfc3339 = []string{time.RFC3339Nano}

func (c TimeCursor) written() timeFormat { return timeFormat(c.formats()[0]) }

func (c TimeCursor) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// local is the time of k on the clocks of the cursor's zone.
func (c TimeCursor) local(k key) time.Time { return k.time().In(c.zone()) }

func (c TimeCursor) parse(raw []byte) (key, error) {
	text, ok := unquote(raw)
	number := !ok && len(raw) > 0 && (raw[0] == '-' || isDigit(raw[0]))
	if number {
		text = raw
	} else if !ok {
		return key{}, errNoTime
	}
	far := false
	for _, format := range c.formats() {
		t, err := timeFormat(format).read(text, number, c.zone())
		if err == nil {
			return timeKey(t), nil
		}
		far = far || errors.Is(err, errFarTime)
	}
	return key{}, c.misread(number, far)
}

// errNoTime finds fault with the JSON type.
var errNoTime = errors.New("no time, which must be a string or a number")

// misread says why a value was none, without the value.
func (c TimeCursor) misread(number, far bool) error {
	formats := strings.Join(c.formats(), " or ")
	switch {
	case far:
		return fmt.Errorf("a time beyond the year 9999 in the format %s; the API may count "+
			"in another unit", formats)
	case number:
		return fmt.Errorf("a number, which is not a time in the format %s; a count since 1970 "+
			"needs a format such as %s for seconds or %s for milliseconds", formats,
			EpochSeconds, EpochMilliseconds)
	}
	return fmt.Errorf("not a time in the format %s", formats)
}

func (c TimeCursor) bounds(now time.Time) span {
	s := span{bounded: !c.Start.IsZero(), ended: true}
	from, to := c.Start, now
	if !c.End.IsZero() {
		to = c.End
	}
	if oldest := c.oldest(now); from.Before(oldest) {
		from, s.bounded = oldest, true
	}
	if c.Clamp != 0 {
		to = c.Clamp.begin(to.In(c.zone()))
		to = c.stop(c.Clamp.last(to), to)
	}
	s.to = timeKey(to)
	if s.bounded {
		s.from = timeKey(c.begin(from))
	}
	return s
}

// oldest is where the API's data begins, or the first period of which it has all. It is the zero
// time where data is kept for ever, and where a state asks for the start, which has no now.
func (c TimeCursor) oldest(now time.Time) time.Time {
	if c.MaxAge == 0 || now.IsZero() {
		return time.Time{}
	}
	oldest := c.move(now, -c.MaxAge).In(c.zone())
	if c.Clamp != 0 {
		oldest = c.Clamp.end(oldest)
	}
	return oldest
}

func (c TimeCursor) again(k key) key {
	at := c.local(k)
	if c.Clamp != 0 {
		from := c.Clamp.begin(at)
		if next := c.Clamp.next(from); c.stop(from, next).Equal(at) {
			at = next // the last value of a whole period
		}
	}
	return timeKey(c.begin(c.move(at, -c.Lookback)))
}

// begin returns where a slice begins that takes in t: on what can be written, so that the records
// that the API returns for it are not taken for earlier ones.
func (c TimeCursor) begin(t time.Time) time.Time {
	if c.Clamp != 0 {
		return c.Clamp.begin(t.In(c.zone()))
	}
	return c.written().floor(t, c.zone())
}

func (c TimeCursor) after(k key) key { return timeKey(c.move(k.time(), c.Granularity)) }

func (c TimeCursor) move(t time.Time, d time.Duration) time.Time {
	if d == 0 {
		return t
	}
	return move(t.In(c.zone()), d)
}

// stop returns where a slice ends behind which the next one begins: less a granularity, but not so
// much less that something lies between the two, nor before its own beginning.
func (c TimeCursor) stop(from, next time.Time) time.Time {
	end := c.move(next, -c.Granularity)
	if c.move(end, c.Granularity).Before(next) {
		end = next.Add(-c.Granularity)
	}
	if end.Before(from) {
		return from
	}
	return end
}

func (c TimeCursor) divide(s span) iter.Seq[span] {
	switch {
	case c.Clamp != 0 && s.bounded && s.ended:
		return c.periods(s)
	case c.Step == 0:
		return s.undivided
	}
	return c.steps(s)
}

// steps cuts a range into slices of one step each.
func (c TimeCursor) steps(s span) iter.Seq[span] {
	return s.divided(func(k key) (next, end key) {
		at := c.move(k.time(), c.Step)
		return timeKey(at), timeKey(c.stop(k.time(), at))
	})
}

// periods cuts a range into slices of whole periods. A range that begins or ends inside of a period
// takes in all of it.
func (c TimeCursor) periods(s span) iter.Seq[span] {
	from, end := c.Clamp.begin(c.local(s.from)), c.Clamp.end(c.local(s.to))
	if next := c.Clamp.next(end); timeKey(c.stop(end, next)) == s.to {
		end = next // a period as long as the granularity begins where it ends
	}
	return func(yield func(span) bool) {
		for from.Before(end) {
			next := c.Clamp.next(from)
			if c.Step > 0 {
				next = c.Clamp.end(c.move(from, c.Step))
			}
			if !next.After(from) || next.After(end) {
				next = end
			}
			to := c.stop(c.Clamp.last(next), next)
			if !yield(span{timeKey(from), timeKey(to), true, true}) {
				return
			}
			from = next
		}
	}
}

func (c TimeCursor) value(k key) Value {
	at := c.local(k)
	return Value{text: c.written().text(at, c.zone()), at: at}
}

func (c TimeCursor) encode(k key) []byte { return jsonraw.AppendString(nil, c.value(k).text) }
