package sources

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
)

// TimeCursor is a cursor over a field that holds a time as text.
type TimeCursor struct {
	// Field is the dotted path of the field in a record; required.
	Field string
	// Start is where the first sync begins. The zero time means the beginning of all data: one
	// slice without From.
	Start time.Time
	// End is where reading ends. The zero time means now, when the read starts.
	End time.Time
	// Step is the length of a slice. Zero means one slice.
	Step time.Duration
	// Lookback is read again before a saved position, for records that appear late. Never goes
	// before Start.
	Lookback time.Duration
	// Granularity is the smallest difference between two values, for an API whose bounds are
	// both inclusive: a slice then ends this much before the next one begins. Zero lets
	// neighbours share their bound, which loses nothing where at least one of the API's bounds is
	// inclusive, but reads the records on the bound twice where both are. For an API whose bounds
	// are both exclusive leave Step zero.
	Granularity time.Duration
	// Formats are Go time layouts. The first is written, to the API and in states; all are
	// read. Defaults to [time.RFC3339Nano], which reads any RFC 3339 time.
	Formats []string
	// Order is the order of the records within a slice. Defaults to Unordered.
	Order Order
	// Filter drops records outside of the slice, for an API that cannot filter. Needs a zero
	// Step, because each slice would read everything.
	Filter bool
}

var _ Cursor = TimeCursor{}

func (c TimeCursor) name() string  { return c.Field }
func (c TimeCursor) order() Order  { return c.Order }
func (c TimeCursor) filters() bool { return c.Filter }

// formats returns the layouts to read, the one to write first.
func (c TimeCursor) formats() []string {
	if len(c.Formats) == 0 {
		return rfc3339
	}
	return c.Formats
}

var rfc3339 = []string{time.RFC3339Nano}

func (c TimeCursor) parse(raw []byte) (key, error) {
	text, ok := unquote(raw)
	if !ok {
		return key{}, fmt.Errorf("a time must be a string in the format %s", c.formats()[0])
	}
	for _, layout := range c.formats() {
		if t, err := parseTime(layout, text); err == nil {
			return timeKey(t), nil
		}
	}
	return key{}, fmt.Errorf("not a time in the format %s", strings.Join(c.formats(), " or "))
}

// parseTime reads RFC 3339, the common case, without an allocation.
func parseTime(layout string, text []byte) (t time.Time, err error) {
	if layout == time.RFC3339 || layout == time.RFC3339Nano {
		if err := t.UnmarshalText(text); err == nil {
			return t, nil
		}
	}
	return time.Parse(layout, string(text))
}

func (c TimeCursor) bounds(now time.Time) span {
	s := span{from: timeKey(c.Start), bounded: !c.Start.IsZero(), to: timeKey(now), ended: true}
	if !c.End.IsZero() {
		s.to = timeKey(c.End)
	}
	return s
}

func (c TimeCursor) again(k key) key { return timeKey(k.time().Add(-c.Lookback)) }
func (c TimeCursor) after(k key) key { return timeKey(k.time().Add(c.Granularity)) }

func (c TimeCursor) divide(s span) iter.Seq[span] {
	if c.Step == 0 {
		return s.undivided
	}
	return s.divided(func(k key) (next, end key) {
		at := k.time().Add(c.Step)
		return timeKey(at), timeKey(at.Add(-c.Granularity))
	})
}

func (c TimeCursor) value(k key) Value {
	at := k.time()
	return Value{text: at.Format(c.formats()[0]), at: at}
}

func (c TimeCursor) encode(k key) []byte { return quote(c.value(k).text) }

func (c TimeCursor) validate() error {
	switch {
	case c.Field == "":
		return errors.New("its TimeCursor has no Field")
	case c.Step < 0 || c.Lookback < 0 || c.Granularity < 0:
		return errors.New("its TimeCursor has a negative Step, Lookback or Granularity")
	case c.Step > 0 && c.Granularity >= c.Step:
		return errors.New("its TimeCursor has a Granularity that is not smaller than Step")
	case c.Filter && c.Step > 0:
		return errors.New("its TimeCursor has Filter and Step: an API that cannot filter " +
			"would be read in full for each slice; leave Step zero")
	case !c.End.IsZero() && c.End.Before(c.Start):
		return errors.New("its TimeCursor has an End before its Start")
	}
	return nil
}
