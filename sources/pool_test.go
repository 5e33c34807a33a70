package sources

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// use reads slices until ctx ends, each for the given time, and counts them.
func use(ctx context.Context, l *lane, each time.Duration) (slices *atomic.Int64) {
	slices = new(atomic.Int64)
	go func() {
		defer l.leave()
		for l.acquire(ctx) == nil {
			slices.Add(1)
			go func() {
				<-time.After(each)
				l.release()
			}()
		}
	}()
	return slices
}

func TestPoolSharesByTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(4)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		slow, quick := join(p), join(p)
		slowSlices, quickSlices := use(ctx, slow, time.Minute), use(ctx, quick, time.Second)
		p.open()
		<-ctx.Done()
		assert.InDelta(t, 2*60, slowSlices.Load(), 4, "two of the four slots")
		assert.InDelta(t, 2*3600, quickSlices.Load(), 120, "the other two")
		<-time.After(2 * time.Minute)
		p.mu.Lock()
		defer p.mu.Unlock()
		assert.Equal(t, 4, p.free, "every slot comes back")
		assert.Empty(t, p.lanes)
	})
}

func TestPoolGivesWhatOthersLeave(t *testing.T) {
	t.Parallel()
	p := newPool(5)
	many, one, late := join(p), join(p), join(p)
	p.open()
	assert.Equal(t, []int{2, 2, 1}, []int{many.taken, one.taken, late.taken})
	require.NoError(t, one.acquire(t.Context()))
	one.leave() // its only slice is in flight
	assert.Equal(t, []int{2, 1, 2}, []int{many.taken, one.taken, late.taken})
	late.leave() // it had no slices
	assert.Equal(t, []int{4, 1, 0}, []int{many.taken, one.taken, late.taken})
	one.release()
	assert.Equal(t, 5, many.taken)
}

func TestPoolCancelled(t *testing.T) {
	t.Parallel()
	p := newPool(1)
	first, second := join(p), join(p)
	p.open()
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	require.ErrorIs(t, second.acquire(ctx), stop)
	second.leave()
	first.leave()
	assert.Equal(t, 1, p.free)
}

func join(p *pool) *lane {
	l := p.lane()
	l.enter()
	return l
}
