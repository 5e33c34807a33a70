package sources

import (
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// watch looks after a read while it runs: it writes the states of streams whose code offers no
// moment for it, repeats a state when nothing else would show the platform that the source is
// alive, and ends streams that make no progress. The function it returns stops that and waits.
func (e *engine) watch(p *plan) (stop func()) {
	w := &watchdog{plan: p, seen: map[*pass]sighting{}}
	every := w.period()
	if every == 0 {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				w.look()
			}
		}
	}()
	return func() { close(done); <-ended }
}

type watchdog struct {
	*plan
	seen map[*pass]sighting
}

// sighting is when a pass was last seen to be alive.
type sighting struct {
	count int64
	at    time.Time
}

// period is how often to look: as often as the most frequent of the duties wants it.
func (w *watchdog) period() (every time.Duration) {
	for _, d := range []time.Duration{
		w.options.stateInterval, w.options.heartbeat / 4, w.options.stallTimeout / 4,
	} {
		if d > 0 && (every == 0 || d < every) {
			every = d
		}
	}
	return every
}

func (w *watchdog) look() {
	began := time.Now()
	_ = w.out.Flush() // the writer's errors are sticky and end the read elsewhere
	now := time.Now()
	if w.options.stateInterval > 0 {
		for _, run := range w.runs {
			if run != nil && run.begun.Load() && !run.ended.Load() {
				_ = run.checkpoint()
			}
		}
	}
	w.heartbeat(now)
	if now.Sub(began) > time.Second {
		clear(w.seen) // the destination takes its time: that is no stream's fault
		return
	}
	w.endStalled(now)
}

// heartbeat repeats the last state of a stream in long waits: the platform takes only records and
// states for signs of life.
func (w *watchdog) heartbeat(now time.Time) {
	d := w.options.heartbeat
	if d <= 0 || now.UnixNano()-w.lastBeat.Load() < int64(d) {
		return
	}
	for _, run := range w.runs {
		if run != nil && run.begun.Load() && !run.ended.Load() {
			run.repeatState()
			return
		}
	}
}

// endStalled ends the passes that have slices in flight and have shown no sign of life for long.
func (w *watchdog) endStalled(now time.Time) {
	if w.options.stallTimeout <= 0 {
		return
	}
	for _, run := range w.runs {
		if run != nil {
			w.judge(run.pass, now)
		}
	}
	for _, parent := range w.parents {
		w.judge(parent.pass, now)
	}
}

func (w *watchdog) judge(p *pass, now time.Time) {
	count := p.signs()
	last, known := w.seen[p]
	switch {
	case !known || last.count != count || !p.isBusy():
		w.seen[p] = sighting{count, now}
	case now.Sub(last.at) >= w.options.stallTimeout && now.UnixNano() > p.activity.until.Load():
		p.stall(now.Sub(last.at))
		w.seen[p] = sighting{count, now}
	}
}

// signs is a number that changes with each sign of life.
func (p *pass) signs() int64 { return p.activity.count.Load() }

// isBusy reports whether slices are in flight.
func (p *pass) isBusy() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.runs) > 0
}

// stall ends a pass that makes no progress.
func (p *pass) stall(since time.Duration) {
	p.mu.Lock()
	where := ""
	for r := range p.runs {
		where = r.describe()
		break
	}
	p.mu.Unlock()
	err := protocol.Errorf(protocol.TransientError, "Stream %s has made no progress for %v%s. "+
		"A later sync goes on from its last state. If it is just slow, raise the StallTimeout of "+
		"the connector.", p.id, since.Round(time.Second), where)
	err.Stream = p.id
	p.fail(err)
	p.halt(err)
}
