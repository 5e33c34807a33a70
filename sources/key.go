package sources

import (
	"bytes"
	"cmp"
	"iter"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// key is the place of a cursor value in the order of its cursor: seconds and nanoseconds of a time,
// or an integer. It is small and comparable, so that looking at a record costs no allocation.
type key struct {
	hi int64
	lo int64
}

func (k key) compare(other key) int {
	if k.hi != other.hi { // not by cmp.Or, which each record would pay for
		return cmp.Compare(k.hi, other.hi)
	}
	return cmp.Compare(k.lo, other.lo)
}

func (k key) before(other key) bool {
	return k.hi < other.hi || k.hi == other.hi && k.lo < other.lo
}

func (k key) time() time.Time { return time.Unix(k.hi, k.lo).UTC() }

func timeKey(t time.Time) key { return key{hi: t.Unix(), lo: int64(t.Nanosecond())} }

// span is a range of keys, the engine's side of a [Slice].
type span struct {
	from, to       key
	bounded, ended bool // whether from and to mean anything
}

// contains reports whether k lies in the span, both bounds included.
func (s span) contains(k key) bool {
	return !(s.bounded && k.compare(s.from) < 0) && !(s.ended && k.compare(s.to) > 0)
}

// slice is the author's view of the span. c may be nil where the span is open.
func (s span) slice(c Cursor) (sl Slice) {
	if s.bounded {
		sl.From = c.value(s.from)
	}
	if s.ended {
		sl.To = c.value(s.to)
	}
	return sl
}

// undivided yields the span itself, unless there is nothing to read in it.
func (s span) undivided(yield func(span) bool) {
	if !s.empty() {
		yield(s)
	}
}

// empty reports whether the span begins after its end.
func (s span) empty() bool { return s.bounded && s.ended && s.from.compare(s.to) > 0 }

// beginsAfter reports whether s begins after other does.
func (s span) beginsAfter(other span) bool {
	return s.bounded && (!other.bounded || s.from.compare(other.from) > 0)
}

// beginsBehind reports whether s begins after the end of other.
func (s span) beginsBehind(other span) bool {
	return s.bounded && other.ended && s.from.compare(other.to) > 0
}

// extend moves the end of s to that of other, where that lies further.
func (s *span) extend(other span) {
	switch {
	case !other.ended:
		s.ended = false
	case s.ended && other.to.compare(s.to) > 0:
		s.to = other.to
	}
}

// cut returns k, or the span's end where k lies beyond it.
func (s span) cut(k key) key {
	if s.ended && k.compare(s.to) > 0 {
		return s.to
	}
	return k
}

// divided cuts the span at each step. step returns where the next slice begins and where this one
// ends; a step that does not lead on, because it overflows, makes the slice the last. A span
// without both bounds cannot be cut.
func (s span) divided(step func(key) (next, end key)) iter.Seq[span] {
	if !s.bounded || !s.ended {
		return s.undivided
	}
	return func(yield func(span) bool) {
		for rest := s; rest.from.compare(rest.to) <= 0; {
			next, end := step(rest.from)
			if next.compare(rest.from) <= 0 || next.compare(rest.to) >= 0 {
				yield(rest)
				return
			}
			if !yield(span{from: rest.from, to: end, bounded: true, ended: true}) {
				return
			}
			rest.from = next
		}
	}
}

// unquote is [jsonraw.Content] of a value that was found in JSON: a string without escapes is not
// walked to its end once more, which each record would pay for.
func unquote(raw []byte) (text []byte, ok bool) {
	if len(raw) >= 2 && raw[0] == jsonraw.String && bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], true
	}
	return jsonraw.Content(raw)
}
