package main

import (
	"slices"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// tally counts what a read brings. It is safe for concurrent use, so that it can be shown
// meanwhile.
type tally struct {
	begun time.Time

	mu      sync.Mutex
	streams []streamTally
}

// streamTally is the part of one stream.
type streamTally struct {
	id           protocol.Descriptor
	records      int64
	bytes        int64
	began, ended time.Time // zero: not yet
	state        string    // how far the stream is, for people
}

// took is the time that a stream has been read for.
func (s streamTally) took(now time.Time) time.Duration {
	switch {
	case s.began.IsZero():
		return 0
	case s.ended.IsZero():
		return now.Sub(s.began)
	}
	return s.ended.Sub(s.began)
}

// newTally makes a tally of the streams that are going to be read.
func newTally(catalog *protocol.ConfiguredCatalog) *tally {
	t := &tally{begun: time.Now()}
	for _, s := range catalog.Streams {
		t.streams = append(t.streams, streamTally{id: s.Stream.Descriptor()})
	}
	return t
}

// change lets do look at a stream of the tally and change it. Others are not counted.
func (t *tally) change(id protocol.Descriptor, do func(*streamTally)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.streams {
		if t.streams[i].id == id {
			do(&t.streams[i])
		}
	}
}

// read counts a message of the source.
func (t *tally) read(m *protocol.Message) {
	switch {
	case m.Record != nil:
		t.change(m.Record.Descriptor(), func(s *streamTally) {
			s.records++
			s.bytes += int64(len(m.Record.Data))
		})
	case m.Trace != nil && m.Trace.StreamStatus != nil:
		t.change(m.Trace.StreamStatus.Descriptor, func(s *streamTally) {
			switch m.Trace.StreamStatus.Status {
			case protocol.StatusStarted:
				s.began = time.Now()
			case protocol.StatusComplete, protocol.StatusIncomplete:
				s.ended = time.Now()
			default: // running
			}
		})
	}
}

// stored notes a state of a stream that the destination has written back.
func (t *tally) stored(state *protocol.State) {
	t.change(state.Stream.Descriptor, func(s *streamTally) {
		s.state = shortState(state.Stream.State)
	})
}

// result returns the counts of this moment.
func (t *tally) result() []streamTally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.streams)
}

// sum adds up the records and bytes of all streams.
func sum(streams []streamTally) (all streamTally) {
	for _, s := range streams {
		all.records += s.records
		all.bytes += s.bytes
	}
	return all
}
