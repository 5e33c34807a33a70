package sources

import (
	"encoding/json"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// noCursorState is the state of a stream that keeps no position; the Python kit and the platform
// know it by this key.
const noCursorState = `{"` + noCursorMember + `":true}`

// positions are what a stream has reached and how that is spelled as its state: of the stream as a
// whole or, in book, of its partitions. They are not safe for concurrent use: the lock of the
// stream's pass guards them.
type positions struct {
	cursor Cursor
	manner *manner
	mode   readMode
	whole  *place         // of a stream without partitions
	book   *partitionBook // of one with partitions
	moved  bool           // something has changed since the last state
}

// place is one partition of a stream, or the stream as a whole, while it is read.
type place struct {
	partition Partition
	progress  *progress
	open      int             // slices that are being read
	given     bool            // whether all slices have been handed out
	entry     *partitionEntry // in the book; nil where none is kept
	segment   *segment        // of the parent's read
}

// newPositions takes up the saved state of a stream, where it keeps one.
func newPositions(
	desc Description, mode readMode, raw json.RawMessage, limit int,
) (*positions, error) {
	p := &positions{cursor: desc.cursor(), mode: mode}
	p.manner = &manner{direction: orderOf(p.cursor).direction()}
	if !mode.tracked() {
		raw = nil
	}
	var err error
	if desc.Partitions != nil {
		if p.book, err = parseBook(p.cursor, p.manner, raw); err != nil {
			return nil, badState(desc.Descriptor(), err)
		}
		p.book.mode, p.book.limit = mode, limit
		p.book.seen = newRecentPartitions(max(limit, fewestRecent))
		return p, nil
	}
	p.whole = &place{}
	if p.whole.progress, err = parseProgress(p.cursor, p.manner, raw); err != nil {
		return nil, badState(desc.Descriptor(), err)
	}
	if mode != resumableFullRefresh {
		p.whole.progress.complete = false
	}
	return p, nil
}

// readMode says what a read keeps of its positions.
type readMode int

const (
	fullRefresh          readMode = iota // nothing: each attempt begins anew
	incremental                          // from sync to sync
	resumableFullRefresh                 // from one attempt of a sync to the next
)

func (m readMode) tracked() bool { return m != fullRefresh }

func badState(d protocol.Descriptor, err error) error {
	e := protocol.Errorf(protocol.ConfigError, "The saved state of stream %s %w. Reset the "+
		"stream to read it from the beginning, or repair its state.", d, err)
	e.Stream = d
	return e
}

// begin opens the place of a partition. It is nil where there is nothing to read: the partition
// has been seen already, or was read to its end before a full refresh was interrupted. note is
// something to log.
func (p *positions) begin(partition Partition) (at *place, note string, err error) {
	if p.whole != nil {
		if p.whole.progress.complete {
			return nil, "", nil
		}
		return p.whole, "", nil
	}
	if p.mode == resumableFullRefresh && p.book.finished {
		return nil, "", nil
	}
	return p.book.begin(partition)
}

// close notes that a slice has been read to its end.
func (p *positions) close(at *place, s *sliceProgress) {
	at.progress.close(s)
	at.open--
	p.moved = true
	p.settle(at)
}

// allGiven notes that a place has no slices but those handed out.
func (p *positions) allGiven(at *place) {
	at.given = true
	p.settle(at)
}

// settle ends a place of which everything has been read.
func (p *positions) settle(at *place) {
	if at.given && at.open == 0 && p.book != nil {
		p.book.settle(at)
	}
}

// advance notes what has left the process of a slice.
func (p *positions) advance(at *place, s *sliceProgress, r reach) {
	if at.progress.advance(s, r) {
		p.moved = true
	}
}

// token is where a slice goes on, nil at its beginning.
func (p *positions) token(at *place, s *sliceProgress) []byte {
	if _, ok := p.cursor.(TokenCursor); ok {
		return at.progress.bookmark
	}
	return s.token
}

// resumeAt notes where a slice can go on.
func (p *positions) resumeAt(at *place, s *sliceProgress, token []byte) {
	if _, ok := p.cursor.(TokenCursor); ok {
		at.progress.bookmark = token
	} else {
		s.token = token
	}
	p.moved = true
}

// mark notes how far an incremental parent has been read.
func (p *positions) mark(parent string, state json.RawMessage) {
	p.book.parents.mark(parent, state)
	p.moved = true
}

// complete notes that the stream has been read to its end, in a sync that took so long.
func (p *positions) complete(took time.Duration) {
	if p.book != nil {
		p.book.complete(took)
		return
	}
	p.whole.progress.complete = p.mode == resumableFullRefresh
}

// blob is the stream_state of this moment.
func (p *positions) blob() json.RawMessage {
	switch {
	case !p.mode.tracked():
		return json.RawMessage(noCursorState)
	case p.book != nil:
		return p.book.encode()
	}
	return p.whole.progress.encode()
}
