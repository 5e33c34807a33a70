package sources

// mark is a key that may not be there.
type mark struct {
	key
	set bool
}

// raise moves m up to k.
func (m *mark) raise(k key) {
	if !m.set || m.before(k) {
		*m = mark{key: k, set: true}
	}
}

// include raises m to other, where that is set.
func (m *mark) include(other mark) {
	if other.set {
		m.raise(other.key)
	}
}

// reach is how far the records of a slice go: what has been seen of them, in the order in which
// they were emitted.
type reach struct {
	high   mark // the highest value
	edge   mark // the value furthest in the declared direction
	safe   mark // the last edge that one further on has followed
	broken bool // whether a value went against the declared direction
}

// see notes the value of the next record. direction is that of an [Order].
//
// The edge itself is not safe: more records of the same value can follow, on this page or on the
// next, and an API's lower bound can be exclusive.
func (r *reach) see(k key, direction int) {
	r.high.raise(k)
	if direction == 0 {
		return
	}
	switch on := k.compare(r.edge.key) * direction; {
	case !r.edge.set:
		r.edge = mark{key: k, set: true}
	case on > 0:
		r.safe, r.edge.key = r.edge, k
	case on < 0:
		r.broken = true
	}
}
