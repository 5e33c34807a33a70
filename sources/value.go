package sources

import "time"

// Value is a cursor value as the API spells it: the text of a time in the cursor's first format, or
// the digits of an integer. The zero Value is open: no bound.
type Value struct {
	text string
	at   time.Time
	n    int64
}

// String returns the value as it is written to the API; empty when the value is open.
func (v Value) String() string { return v.text }

// Int returns the value of an [IntCursor]; 0 when the value is open.
func (v Value) Int() int64 { return v.n }

// Time returns the value of a [TimeCursor]; the zero time when the value is open.
func (v Value) Time() time.Time { return v.at }

// IsZero reports whether the value is open.
func (v Value) IsZero() bool { return v.text == "" }

// Slice is one unit of work: a range of the cursor. A full refresh of a stream without a cursor is
// one slice that is open at both ends.
type Slice struct {
	// From is where the slice begins. Open means: from the beginning.
	From Value
	// To is where the slice ends. Open means: no end.
	To Value
}
