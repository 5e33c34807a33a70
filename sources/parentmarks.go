package sources

import (
	"encoding/json"
	"maps"
)

// parentMarks is how far an incremental parent has been read for a child. The parent's pass writes
// a mark between the partitions it makes: its own state at that moment, which covers the partitions
// before. The child's state may name it when all of these have been read.
type parentMarks struct {
	state    map[string]json.RawMessage // by the parent's name
	segments []*segment
}

// segment is the partitions between two marks.
type segment struct {
	open   int // partitions that have not been read to their end
	parent string
	mark   json.RawMessage // nil until it has come
}

// enter counts one more partition.
func (m *parentMarks) enter() *segment {
	n := len(m.segments)
	if n == 0 || m.segments[n-1].mark != nil {
		m.segments = append(m.segments, &segment{})
		n++
	}
	s := m.segments[n-1]
	s.open++
	return s
}

// mark notes the parent's state behind the partitions so far.
func (m *parentMarks) mark(parent string, state json.RawMessage) {
	if n := len(m.segments); n == 0 {
		m.segments = append(m.segments, &segment{})
	}
	last := m.segments[len(m.segments)-1] // a mark right behind another replaces it
	last.parent, last.mark = parent, state
	m.pass()
}

// pass takes over the marks before which everything has been read.
func (m *parentMarks) pass() {
	for len(m.segments) > 0 && m.segments[0].open == 0 && m.segments[0].mark != nil {
		first := m.segments[0]
		m.state = maps.Clone(m.state)
		if m.state == nil {
			m.state = map[string]json.RawMessage{}
		}
		m.state[first.parent] = first.mark
		m.segments[0] = nil
		m.segments = m.segments[1:]
	}
}
