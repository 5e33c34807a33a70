package sources

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"
)

// Cursor says by which field a stream is incremental, and in which order its records come. It is a
// description without a position: progress belongs to the engine. The interface is sealed, so that
// it can grow; [TimeCursor] and [IntCursor] implement it.
type Cursor interface {
	// name is the cursor field as the author spells it, and as states do.
	name() string
	// order is the declared order of the records within a slice.
	order() Order
	// filters reports whether the engine drops records outside of the slice.
	filters() bool
	// parse reads a cursor value from JSON, a record's or a state's.
	parse(raw []byte) (key, error)
	// spans cuts what is to be read now into slices, in order. A nil saved means that no earlier
	// sync left a position.
	spans(saved *key, now time.Time) iter.Seq[span]
	// start is where the first sync begins; ok is false when that is the beginning of all data.
	start() (from key, ok bool)
	// value spells a bound for the API.
	value(k key) Value
	// encode spells a bound as the JSON value of a state.
	encode(k key) []byte
	// validate finds an author's mistakes.
	validate() error
}

// cursorPath is the way to the cursor field in a record.
func cursorPath(c Cursor) []string { return strings.Split(c.name(), ".") }

// Order is the order in which a stream emits the records of a slice. It is declared by the author,
// never guessed: it decides how far a state may go before the slice has ended.
type Order int

const (
	// Unordered promises nothing: a slice counts as read when it has ended.
	Unordered Order = iota
	// Ascending promises cursor values that never go down: a state may name the last value that a
	// greater one has followed. At the first descent the stream falls back to Unordered.
	Ascending
	// Descending promises the newest record first: reading stops at the slice's start, and the
	// slice counts as read when it has ended.
	Descending
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

func (c TimeCursor) start() (key, bool) { return timeKey(c.Start), !c.Start.IsZero() }

func (c TimeCursor) spans(saved *key, now time.Time) iter.Seq[span] {
	whole := span{to: timeKey(now), ended: true}
	if !c.End.IsZero() {
		whole.to = timeKey(c.End)
	}
	whole.from, whole.bounded = c.start()
	if saved != nil {
		again := timeKey(saved.time().Add(-c.Lookback))
		if !whole.bounded || again.compare(whole.from) > 0 {
			whole.from, whole.bounded = again, true
		}
	}
	if c.Step == 0 {
		return whole.undivided
	}
	return whole.divided(func(k key) (next, end key) {
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

// IntCursor is a cursor over a field that holds an integer, such as an id that grows or a version.
type IntCursor struct {
	// Field is the dotted path of the field in a record; required.
	Field string
	// Start is where the first sync begins. Zero means the beginning of all data.
	Start int64
	// End is where reading ends. Zero means no end.
	End int64
	// Step is the length of a slice. Zero means one slice; needs End, because slices without an
	// end could not be told from an API that has no more records.
	Step int64
	// Order is the order of the records within a slice. Defaults to Unordered.
	Order Order
	// Filter drops records outside of the slice, for an API that cannot filter. Needs a zero
	// Step.
	Filter bool
}

var _ Cursor = IntCursor{}

func (c IntCursor) name() string  { return c.Field }
func (c IntCursor) order() Order  { return c.Order }
func (c IntCursor) filters() bool { return c.Filter }

func (c IntCursor) parse(raw []byte) (key, error) {
	text, ok := unquote(raw)
	if !ok {
		text = raw
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return key{}, errors.New("not an integer of at most 64 bits")
	}
	return key{hi: n}, nil
}

func (c IntCursor) start() (key, bool) { return key{hi: c.Start}, c.Start != 0 }

func (c IntCursor) spans(saved *key, _ time.Time) iter.Seq[span] {
	whole := span{to: key{hi: c.End}, ended: c.End != 0}
	whole.from, whole.bounded = c.start()
	if saved != nil {
		whole.from, whole.bounded = *saved, true
	}
	if c.Step == 0 {
		return whole.undivided
	}
	return whole.divided(func(k key) (next, end key) {
		at := key{hi: k.hi + c.Step}
		return at, at
	})
}

func (c IntCursor) value(k key) Value { return Value{text: strconv.FormatInt(k.hi, 10), n: k.hi} }

func (c IntCursor) encode(k key) []byte { return strconv.AppendInt(nil, k.hi, 10) }

func (c IntCursor) validate() error {
	switch {
	case c.Field == "":
		return errors.New("its IntCursor has no Field")
	case c.Step < 0:
		return errors.New("its IntCursor has a negative Step")
	case c.Step > 0 && c.End == 0:
		return errors.New("its IntCursor has a Step but no End: slices need an end")
	case c.Filter && c.Step > 0:
		return errors.New("its IntCursor has Filter and Step: an API that cannot filter " +
			"would be read in full for each slice; leave Step zero")
	case c.End != 0 && c.End < c.Start:
		return errors.New("its IntCursor has an End before its Start")
	}
	return nil
}
