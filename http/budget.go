package http

import (
	"math"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// budget bounds the bytes of all pages held at one time. Nobody waits for it: a page that finds it
// used up is streamed, since waiting slices could wait for each other.
type budget struct {
	size func() int64
	used atomic.Int64
}

// heldPages is the budget of the process: four pages of the largest size, and less under a tight
// memory limit, which the entrypoint sets from the container's.
var heldPages = &budget{size: sync.OnceValue(func() int64 {
	limit := debug.SetMemoryLimit(-1) // a negative limit only asks
	if limit == math.MaxInt64 {
		return 4 * maxPage
	}
	return min(4*maxPage, limit/4)
})}

// take reserves n bytes, or returns false and reserves nothing.
func (b *budget) take(n int64) bool { return b.within(n, b.size()) }

// takeAhead is take for a page that is loaded before its turn: one half of the budget stays for
// pages that are being emitted, which would else have to be streamed.
func (b *budget) takeAhead(n int64) bool { return b.within(n, b.size()/2) }

func (b *budget) within(n, limit int64) bool {
	if b.used.Add(n) > limit {
		b.used.Add(-n)
		return false
	}
	return true
}

func (b *budget) give(n int64) { b.used.Add(-n) }
