//go:build linux

package killtest_test

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// unkindness is how many of a thousand requests of the fault run fail.
const unkindness = 60

// TestEndurance syncs from a hostile API for a time, while its parts are killed, asked to end, or
// held up so that they read slowly. In the end everything must be equal.
func TestEndurance(t *testing.T) {
	for _, x := range targets {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			w := worlds[rand.IntN(len(worlds))]
			r := newRig(t, x.make(t), w.world, unkindness)
			for time.Since(begun) < *endurance {
				run := r.start()
				for run.within(r.moment()) {
					r.disturb(run)
				}
				r.finish(run)
			}
			r.market.grow()
			r.settle()
			t.Logf("in the world of %s connectors; the API: %+v", w.name, r.market.stats())
			r.say(begun)
		})
	}
}

// disturb does something to one of the parts.
func (r *rig) disturb(run *syncRun) {
	r.t.Helper()
	parts := r.parts()
	victim, what := parts[rand.IntN(len(parts))], "kills"
	done := false
	switch dice := rand.IntN(4); {
	case victim == serverPart && dice == 0:
		require.NoError(r.t, r.crash())
		done = true
	case victim == serverPart:
	case dice == 0:
		done = run.signal(victim, syscall.SIGKILL)
	case dice == 1:
		what = "gentle ends"
		done = run.signal(victim, syscall.SIGTERM)
	default:
		what = "pauses"
		done = r.pause(run, victim)
	}
	if done {
		r.counts[what+" of the "+string(victim)]++
	}
}

// pause holds a part up for a while, so that it reads and writes slowly.
func (r *rig) pause(run *syncRun, victim part) bool {
	const longest = 3 * time.Second
	if !run.signal(victim, syscall.SIGSTOP) {
		return false
	}
	run.within(rand.N(longest))
	run.signal(victim, syscall.SIGCONT)
	return true
}
