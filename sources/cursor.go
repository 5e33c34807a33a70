package sources

import (
	"errors"
	"iter"
	"strings"
	"time"
)

// Cursor says by which field a stream is incremental, and in which order its records come. It is a
// description without a position: progress belongs to the engine. The interface is sealed, so that
// it can grow; [TimeCursor], [IntCursor] and [TokenCursor] implement it.
type Cursor interface {
	// name is the cursor field as the author spells it, and as states do.
	name() string
	// reads is the declared order of the records within a slice, and whether the engine drops those
	// that lie outside of it.
	reads() (o Order, filter bool)
	// bounds is all there is to read now: from the start, where there is one, to the end.
	bounds(now time.Time) span
	// again is where a read goes on from the position k: some way before it, where the author wants
	// a look back.
	again(k key) key
	// after is the smallest value that can follow k, or k itself where the author does not say.
	after(k key) key
	// divide cuts a range into slices, in order. One that is open at an end cannot be cut.
	divide(s span) iter.Seq[span]
	// parse reads a cursor value from JSON, a record's or a state's.
	parse(raw []byte) (key, error)
	// value spells a bound for the API.
	value(k key) Value
	// encode spells a bound as the JSON value of a state.
	encode(k key) []byte
	// validate finds an author's mistakes.
	validate() error
}

// Order is the order in which a stream emits the records of a slice. It is declared by the author,
// never guessed: it decides how far a state may go before the slice has ended.
type Order int

const (
	// Unordered promises nothing: a slice counts as read when it has ended.
	Unordered Order = iota
	// Ascending promises cursor values that never go down: a state may name the last value that a
	// greater one has followed. At the first descent the stream falls back to Unordered.
	Ascending
	// Descending promises the newest record first: reading stops at the slice's start. A state may
	// name what lies above the last value that a smaller one has followed; at the first ascent the
	// stream falls back to Unordered.
	Descending
)

// direction is 1 where values go up, -1 where they go down and 0 where nothing is promised.
func (o Order) direction() int {
	switch o {
	case Ascending:
		return 1
	case Descending:
		return -1
	case Unordered:
	}
	return 0
}

// orderOf is the declared order of the records within a slice.
func orderOf(c Cursor) Order {
	o, _ := c.reads()
	return o
}

// cursorPath is the way to the cursor field in a record.
func cursorPath(c Cursor) []string {
	if c.name() == "" {
		return nil
	}
	return strings.Split(c.name(), ".")
}

// noCursor stands for the cursor of a stream that has none: one range, open at both ends.
type noCursor struct{}

var _ Cursor = noCursor{}

var errNoValues = errors.New("the stream has no cursor values")

func (noCursor) name() string                 { return "" }
func (noCursor) reads() (Order, bool)         { return Unordered, false }
func (noCursor) bounds(time.Time) span        { return span{} }
func (noCursor) again(k key) key              { return k }
func (noCursor) after(k key) key              { return k }
func (noCursor) divide(s span) iter.Seq[span] { return s.undivided }
func (noCursor) parse([]byte) (key, error)    { return key{}, errNoValues }
func (noCursor) value(key) Value              { return Value{} }
func (noCursor) encode(key) []byte            { return nil }
func (noCursor) validate() error              { return nil }

// everything is what a first sync reads now, cut into slices.
func everything(c Cursor, now time.Time) iter.Seq[span] { return c.divide(c.bounds(now)) }
