package sources

// progress merges what the slices of a stream report, in whatever order they end, into the one
// position that a state may name. What a slice reports has left the process already, so that a
// position never covers lines that wait in a buffer. It is not safe for concurrent use.
//
// The position is the highest value of the slices that are done without a gap before them, cut at
// the end of the last of them: an API that ignores its upper bound, or a record that changed during
// the read, must not carry the position past what has been asked for. Where order is declared, the
// first open slice adds how far it is.
type progress struct {
	ordered bool // whether open slices count; off after the first descent
	at      mark // the highest value of the slices done without a gap
	open    []*sliceProgress
}

// mark is a key that may not be there.
type mark struct {
	key
	set bool
}

// raise moves m up to k.
func (m *mark) raise(k key) {
	if !m.set || k.compare(m.key) > 0 {
		*m = mark{key: k, set: true}
	}
}

// reach is how far the records of a slice go.
type reach struct {
	high    mark // the highest value seen
	safe    mark // the highest value that a greater one has followed
	descent bool // whether a value went down
}

// see notes the value of the next record.
func (r *reach) see(k key) {
	switch {
	case !r.high.set:
		r.high = mark{key: k, set: true}
	case k.compare(r.high.key) > 0:
		r.safe, r.high.key = r.high, k
	case k.compare(r.high.key) < 0:
		r.descent = true
	}
}

// sliceProgress is what has left the process of one slice.
type sliceProgress struct {
	reach
	span span
	done bool
}

// advance notes what has left the process of a slice.
func (p *progress) advance(slice *sliceProgress, r reach) {
	slice.reach = r
	if r.descent {
		p.ordered = false
	}
}

// add registers the next slice. Slices are added in the order of their spans.
func (p *progress) add(s span) *sliceProgress {
	slice := &sliceProgress{span: s}
	p.open = append(p.open, slice)
	return slice
}

// close marks a slice as done and takes the done ones off the front.
func (p *progress) close(slice *sliceProgress) {
	slice.done = true
	for len(p.open) > 0 && p.open[0].done {
		p.merge(p.open[0])
		p.open[0] = nil
		p.open = p.open[1:]
	}
}

// closed reports whether no slice is open.
func (p *progress) closed() bool { return len(p.open) == 0 }

// merge takes over a slice that no gap separates from the position.
func (p *progress) merge(s *sliceProgress) {
	if s.high.set {
		p.at.raise(s.span.cut(s.high.key))
	}
}

// position is what a state may name now. It is not set while no value has been reached.
func (p *progress) position() mark {
	at := p.at
	if p.ordered && len(p.open) > 0 && p.open[0].safe.set {
		first := p.open[0]
		at.raise(first.span.cut(first.safe.key))
	}
	return at
}
