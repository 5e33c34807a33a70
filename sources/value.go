package sources

import (
	"encoding/json"
	"errors"
	"time"
)

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

// Slice is one unit of work: a partition, and a range of the cursor in it. A full refresh of a
// stream without a cursor and without partitions is one slice that is open at both ends.
type Slice struct {
	// Partition is the part of the stream; the zero Partition where it has none.
	Partition Partition
	// From is where the slice begins. Open means: from the beginning.
	From Value
	// To is where the slice ends. Open means: no end.
	To Value
	// Resume is the token of the last [Output.Checkpoint] of this slice in an earlier attempt, or
	// the bookmark of a [TokenCursor]. Nil means: from the slice's beginning. Where the API refuses
	// it, return [ErrStaleToken]. It belongs to the callee.
	Resume []byte
	// Shared is the shared state that the last sync left, of a source that keeps one: see
	// [GlobalState]. It must not be changed.
	Shared json.RawMessage
}

// ErrStaleToken says that [Slice.Resume] is no longer accepted. When ReadSlice returns it, wrapped
// or not, the engine reads the slice again from its beginning, once.
var ErrStaleToken = errors.New("the token is no longer accepted")
