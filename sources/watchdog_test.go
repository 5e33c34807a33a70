package sources

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The watchdog ends a pass that stays the same for long, and only that.
func TestWatchdogJudges(t *testing.T) {
	t.Parallel()
	now := at("2026-01-01T00:00:00Z")
	hour := func(n int) time.Time { return now.Add(time.Duration(n) * time.Hour) }
	for name, test := range map[string]struct {
		between func(w *watchdog, p *pass) // what happens before the last look
		stalled bool
	}{
		"nothing":        {func(*watchdog, *pass) {}, true},
		"a sign of life": {func(_ *watchdog, p *pass) { p.activity.happened() }, false},
		"a wait that was told of": {
			func(_ *watchdog, p *pass) { p.activity.until.Store(hour(9).UnixNano()) }, false,
		},
		"a wait that is over": {
			func(_ *watchdog, p *pass) { p.activity.until.Store(hour(1).UnixNano()) }, true,
		},
		"no slice in flight": {func(_ *watchdog, p *pass) { clear(p.runs) }, false},
		"a slow destination": {func(w *watchdog, _ *pass) { clear(w.seen) }, false},
	} {
		e := &engine{options: newOptions(nil)}
		p := &pass{engine: e, runs: map[*sliceRun]struct{}{}}
		p.positions = &positions{cursor: noCursor{}}
		p.runs[&sliceRun{pass: p, progress: &sliceProgress{}, place: &place{}}] = struct{}{}
		w := &watchdog{plan: &plan{engine: e}, seen: map[*pass]sighting{}}
		w.judge(p, hour(0))
		w.judge(p, hour(0).Add(59*time.Minute))
		assert.Nil(t, p.failure.Load(), name)
		test.between(w, p)
		w.judge(p, hour(2))
		assert.Equal(t, test.stalled, p.failure.Load() != nil, name)
	}
}

func TestWatchLooksAsOftenAsItMust(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		opts []Option
		want time.Duration
	}{
		{nil, 15 * time.Second},
		{[]Option{StateInterval(0)}, 75 * time.Second},
		{[]Option{StateInterval(0), Heartbeat(0)}, 15 * time.Minute},
		{[]Option{StateInterval(0), Heartbeat(0), StallTimeout(0)}, 0},
	} {
		w := &watchdog{plan: &plan{engine: &engine{options: newOptions(test.opts)}}}
		assert.Equal(t, test.want, w.period())
	}
}
