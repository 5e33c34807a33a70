package sources

import (
	"iter"
	"slices"
	"time"
)

// progress is what has been read of one cursor line: of a stream, or of one of its partitions. It
// merges what slices report, in whatever order they end, into ranges without gaps. What a slice
// reports has left the process already, so a range never covers lines that wait in a buffer. It is
// not safe for concurrent use.
//
// A range is covered up to its end, and no further: an API that ignores its upper bound, or a
// record that changed during the read, must not carry the position past what has been asked for.
type progress struct {
	cursor Cursor
	manner *manner
	whole  span             // all there is to read, once that is known
	slices []*sliceProgress // by where they begin: done ones with gaps between, and open ones

	bookmark []byte  // of a TokenCursor
	complete bool    // of a full refresh that has been read to its end
	kept     members // what is none of ours in the state
}

// manner is what all cursor lines of a stream have in common.
type manner struct {
	direction int  // of the declared order, as long as the records keep to it
	numbers   bool // whether the state that was found spells values as numbers, not as text
}

// sliceProgress is what has left the process of one slice, or what an earlier sync has left of a
// range.
type sliceProgress struct {
	reach
	span  span
	done  bool
	token []byte // where the slice can be resumed; nil: at its beginning
}

// covered is a range that has been read, and the highest value that was seen in it.
type covered struct {
	span
	high mark
}

// add registers a slice that is about to be read. One that is there already stays where it is.
func (p *progress) add(s *sliceProgress) {
	if slices.Contains(p.slices, s) {
		return
	}
	at := len(p.slices)
	for at > 0 && p.slices[at-1].span.beginsAfter(s.span) {
		at--
	}
	p.slices = slices.Insert(p.slices, at, s)
}

// advance notes what has left the process of a slice. It reports whether the position may have
// moved.
func (p *progress) advance(s *sliceProgress, r reach) (moved bool) {
	moved = s.safe != r.safe && p.manner.direction != 0
	s.reach = r
	if r.broken && p.manner.direction != 0 {
		p.manner.direction = 0
		return true
	}
	return moved
}

// close marks a slice as done and joins it with its done neighbours.
func (p *progress) close(s *sliceProgress) {
	s.done, s.token = true, nil
	if s.high.set {
		s.high.key = s.span.cut(s.high.key)
	}
	joined := p.slices[:0]
	for _, next := range p.slices {
		if n := len(joined); n > 0 && next.done && joined[n-1].done &&
			p.meet(joined[n-1].span, next.span) {
			joined[n-1].span.extend(next.span)
			joined[n-1].high.include(next.high)
			continue
		}
		joined = append(joined, next)
	}
	clear(p.slices[len(joined):])
	p.slices = joined
}

// meet reports whether nothing lies between two spans, of which the first begins first.
func (p *progress) meet(a, b span) bool {
	return !a.ended || !b.bounded || b.from.compare(p.cursor.after(a.to)) <= 0
}

// ranges returns what has been read: in order, and with something between every two.
func (p *progress) ranges() (all []covered) {
	for _, s := range p.slices {
		c, ok := p.covers(s)
		if !ok {
			continue
		}
		if n := len(all); n > 0 && p.meet(all[n-1].span, c.span) {
			all[n-1].extend(c.span)
			all[n-1].high.include(c.high)
			continue
		}
		all = append(all, c)
	}
	return all
}

// covers returns the part of a slice that has been read: all of it when it is done, and otherwise
// what lies before the safe value in the declared direction.
func (p *progress) covers(s *sliceProgress) (c covered, ok bool) {
	c = covered{span: s.span, high: s.high}
	if c.high.set {
		c.high.key = s.span.cut(c.high.key)
	}
	switch {
	case s.done:
		return c, true
	case !s.safe.set || p.manner.direction == 0:
		return c, false
	case p.manner.direction > 0:
		c.high.key = s.span.cut(s.safe.key)
		c.to, c.ended = c.high.key, true
		return c, true
	}
	c.from, c.bounded = s.span.cut(s.safe.key), true
	return c, s.span.ended && p.isExact(c.from)
}

// isExact reports whether a state can say k. What it cannot is rounded down, and a range that
// begins lower than it was read would pass over records.
func (p *progress) isExact(k key) bool {
	said, err := p.cursor.parse(p.cursor.encode(k))
	return err == nil && said == k
}

// left is what is to be read of the whole now: what lies before, between and behind the slices.
// Behind the last it begins where the cursor wants to go on from.
func (p *progress) left(whole span) []span {
	var gaps []span
	rest := whole
	for _, s := range p.slices {
		if gap := rest; s.span.beginsAfter(gap) {
			if !gap.ended || s.span.from.compare(gap.to) < 0 {
				gap.to, gap.ended = s.span.from, true
			}
			gaps = append(gaps, gap)
		}
		if !s.span.ended {
			return gaps
		}
		if !rest.bounded || s.span.to.compare(rest.from) > 0 {
			rest.from, rest.bounded = s.span.to, true
		}
	}
	if n := len(p.slices); n > 0 && p.slices[n-1].done {
		rest.from = p.cursor.again(rest.from)
		if whole.bounded && whole.from.compare(rest.from) > 0 {
			rest.from = whole.from
		}
	}
	return append(gaps, rest)
}

// pending yields the slices to read now: those that an earlier sync began, and then what is left,
// cut by the cursor.
func (p *progress) pending(now time.Time) iter.Seq[*sliceProgress] {
	var begun []*sliceProgress
	for _, s := range p.slices {
		if !s.done {
			begun = append(begun, s)
		}
	}
	p.whole = p.cursor.bounds(now)
	left := p.left(p.whole)
	return func(yield func(*sliceProgress) bool) {
		for _, s := range begun {
			if !yield(s) {
				return
			}
		}
		for _, gap := range left {
			for sp := range p.cursor.divide(gap) {
				if !yield(&sliceProgress{span: sp}) {
					return
				}
			}
		}
	}
}

// highest is the highest value that has been read without a gap before it.
func (p *progress) highest() mark {
	if read := trimmed(p.ranges()); len(read) > 0 {
		return read[0].high
	}
	return mark{}
}
