//go:build linux

package killtest_test

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// worlds are those in which the same connectors must hold.
var worlds = []struct {
	name  string
	world world
}{
	{"custom", world{}},
	{"registry", world{SupportsRefreshes: true, ResumeFullRefresh: true}},
}

// TestKills kills a part of a sync at a random moment, looks at what is left, and goes on from the
// state that is stored. In the end a sync that is left alone must make everything equal.
func TestKills(t *testing.T) {
	for _, x := range targets {
		for i, w := range worlds {
			t.Run(x.name+"/"+w.name, func(t *testing.T) {
				begun, r := time.Now(), newRig(t, x.make(t), w.world, 0)
				wanted := (*kills + i) / len(worlds)
				for done := 0; done < wanted; {
					run := r.start()
					if run.within(r.moment()) && r.kill(run) {
						done++
					}
					r.finish(run)
				}
				r.market.grow()
				r.settle()
				r.say(begun)
			})
		}
	}
}

// kill kills one of the parts and reports whether it was there.
func (r *rig) kill(run *syncRun) bool {
	r.t.Helper()
	parts := r.parts()
	victim := parts[rand.IntN(len(parts))]
	if victim == serverPart {
		require.NoError(r.t, r.crash())
	} else if !run.signal(victim, syscall.SIGKILL) {
		return false
	}
	r.counts["kills of the "+string(victim)]++
	return true
}
