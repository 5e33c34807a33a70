package sources

import (
	"errors"
	"iter"
	"strconv"
	"time"
)

// IntCursor is a cursor over a field that holds an integer of at most 64 bits, such as an id that
// grows or a version. It reads JSON numbers, with a fraction of zeros or an exponent too, and the
// same in strings; states hold a number.
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

func (c IntCursor) name() string         { return c.Field }
func (c IntCursor) reads() (Order, bool) { return c.Order, c.Filter }

func (c IntCursor) parse(raw []byte) (key, error) {
	text, ok := unquote(raw)
	if !ok {
		text = raw
	}
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return key{hi: n}, nil
	}
	return readWhole(text)
}

// readWhole reads a whole number that has a fraction of zeros or an exponent, as encoders of
// floating point numbers write it.
func readWhole(text []byte) (key, error) {
	d, ok := readDecimal(text)
	if !ok {
		return key{}, errors.New("not an integer")
	}
	n, fraction, more, ok := d.split(0)
	switch {
	case !ok:
		return key{}, errors.New("an integer of more than 64 bits")
	case fraction != 0 || more:
		return key{}, errors.New("a number with a fraction, where an integer must be")
	case d.negative:
		n = -n
	}
	return key{hi: n}, nil
}

func (c IntCursor) bounds(time.Time) span {
	return span{
		from: key{hi: c.Start}, bounded: c.Start != 0, to: key{hi: c.End}, ended: c.End != 0,
	}
}

func (c IntCursor) again(k key) key { return k }
func (c IntCursor) after(k key) key { return k }

func (c IntCursor) divide(s span) iter.Seq[span] {
	if c.Step == 0 {
		return s.undivided
	}
	return s.divided(func(k key) (next, end key) {
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
