package sources

import (
	"context"
	"errors"
	"time"
)

// parentRun reads a stream for its children alone: nothing of it leaves the process, and it says
// nothing itself.
type parentRun struct {
	*pass
	feed *feed
}

var errUnneeded = errors.New("no child wants the records of this parent any more")

func (p *parentRun) run(ctx context.Context) {
	began := time.Now()
	err := p.read(ctx)
	if err == nil {
		p.mu.Lock()
		p.positions.complete(time.Since(began))
		p.mu.Unlock()
	}
	p.finishFeeds(err)
}

func (p *parentRun) started()          {}
func (p *parentRun) running()          {}
func (p *parentRun) wrote(_, _ int64)  {}
func (p *parentRun) hurry()            {}
func (p *parentRun) checkpoint() error { return nil }
func (p *parentRun) stop()             { p.halt(errUnneeded) }

// rateLimited is said by the children, which wait with their parent.
func (p *parentRun) rateLimited(until time.Time) {
	for _, child := range p.feed.children {
		child.voice.rateLimited(until)
	}
}
