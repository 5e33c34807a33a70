package sources

import (
	"context"
	"slices"
	"sync"
)

// pool hands out the slots in which slices are read. As long as a stream has slices to be read it
// stands in the pool, and each free slot goes to the one with the fewest: a stream with many
// slices, or with slow ones, gets its share and what the others leave. A stream that waits for
// something else, such as the records of its parent, must leave the pool meanwhile: a slot that it
// is given could be the one its parent needs.
type pool struct {
	mu    sync.Mutex
	free  int // 0 until the pool is opened
	slots int
	lanes []*lane // of the streams with slices left, the one that got a slot last at the end
}

func newPool(slots int) *pool { return &pool{slots: slots} }

// lane is the way of one stream into the pool. enter, acquire and leave are called by one goroutine
// at a time.
type lane struct {
	pool  *pool
	in    bool          // whether it stands in the pool
	taken int           // slots of the stream, including those that
	ready int           // have been given to it and are not used yet
	wake  chan struct{} // gets a value when ready grows
}

// lane makes the way for one more stream.
func (p *pool) lane() *lane { return &lane{pool: p, wake: make(chan struct{}, 1)} }

// enter says that the stream has slices to be read. Those that can, enter before the pool is
// opened, so that each gets a slot before any gets a second, as far as there are enough.
func (l *lane) enter() {
	p := l.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.in {
		return
	}
	l.in = true
	p.lanes = append(p.lanes, l)
	p.grant()
}

// open begins to hand out slots.
func (p *pool) open() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = p.slots
	p.grant()
}

// grant gives the free slots away. It is called with the lock held.
func (p *pool) grant() {
	for p.free > 0 && len(p.lanes) > 0 {
		next := 0
		for i, l := range p.lanes {
			if l.taken < p.lanes[next].taken {
				next = i
			}
		}
		l := p.lanes[next]
		p.lanes = append(slices.Delete(p.lanes, next, next+1), l)
		p.free--
		l.taken++
		l.ready++
		select {
		case l.wake <- struct{}{}:
		default: // it is being woken already
		}
	}
}

// acquire waits for a slot. With an error there is none.
func (l *lane) acquire(ctx context.Context) error {
	for !l.use() {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-l.wake:
		}
	}
	return nil
}

// use takes one of the slots that are ready.
func (l *lane) use() bool {
	l.pool.mu.Lock()
	defer l.pool.mu.Unlock()
	if l.ready == 0 {
		return false
	}
	l.ready--
	return true
}

// release gives a slot back. It may be called concurrently.
func (l *lane) release() {
	l.pool.mu.Lock()
	defer l.pool.mu.Unlock()
	l.taken--
	l.pool.free++
	l.pool.grant()
}

// leave says that the stream has no slices to be read for now. Those in flight release their slots
// later.
func (l *lane) leave() {
	p := l.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	l.in = false
	p.lanes = slices.DeleteFunc(p.lanes, func(other *lane) bool { return other == l })
	l.taken -= l.ready
	p.free += l.ready
	l.ready = 0
	p.grant()
}
