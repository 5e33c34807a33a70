package sources

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/spool"
	"github.com/airbyte-go/cdk/protocol"
)

// plan is who reads what in one read: a run for each stream of the catalog, the parents that are
// read for their children alone, and the feeds between them.
type plan struct {
	*engine
	job     job
	runs    []*streamRun // as the catalog lists the streams; nil where one was refused
	failed  []error      // likewise
	parents []*parentRun
	feeds   map[feedKey]*feed
}

// feedKey is what children must agree on to share a read of their parent.
type feedKey struct {
	parent      protocol.Descriptor
	incremental bool
	from        string // the state that the read starts from; empty: the beginning
}

// plan prepares a read. A stream that cannot begin is refused with its trace.
func (e *engine) plan(j job) *plan {
	n := len(j.catalog.Streams)
	p := &plan{
		engine: e, job: j, runs: make([]*streamRun, n), failed: make([]error, n),
		feeds: map[feedKey]*feed{},
	}
	e.sharedState = j.state.Shared()
	if e.options.globalState || j.state.Kind() == protocol.StateGlobal {
		e.global = newGlobalState(j.state, e.newPace(), e.beat)
	}
	for i, configured := range j.catalog.Streams {
		run, err := p.prepare(configured)
		if err != nil {
			p.failed[i] = err
			run.refused(err)
			continue
		}
		p.runs[i] = run
	}
	if e.global != nil {
		e.global.take(p.runs, j.state)
	}
	for i, run := range p.runs {
		if run == nil {
			continue
		}
		if err := p.connect(run.pass); err != nil {
			p.failed[i], p.runs[i] = err, nil
			run.refused(streamError(run.id, err))
			run.finishFeeds(err)
			run.lane.leave()
		}
	}
	return p
}

func (e *engine) newPace() *pace { return &pace{interval: e.options.stateInterval} }

// newPass makes a pass that joins the pool when it begins.
func (e *engine) newPass(s knownStream, mode readMode) *pass {
	p := &pass{
		engine: e, stream: s, id: s.desc.Descriptor(), mode: mode,
		field: jsonraw.NewPath(cursorPath(s.desc.cursor())),
		lane:  e.pool.lane(), runs: map[*sliceRun]struct{}{},
	}
	if s.desc.Group == "" && isAtHand(s.desc.Partitions) {
		p.lane.enter()
	}
	return p
}

// isAtHand reports whether partitions come without waiting for anything.
func isAtHand(p Partitions) bool {
	switch p := p.(type) {
	case nil, listed:
		return true
	case product:
		return !slices.ContainsFunc(p, func(factor Partitions) bool { return !isAtHand(factor) })
	}
	return false
}

// prepare makes the run of one configured stream. With an error it returns a run that can only say
// so.
func (p *plan) prepare(c protocol.ConfiguredStream) (*streamRun, *protocol.Error) {
	id := c.Stream.Descriptor()
	refused := &streamRun{pass: &pass{engine: p.engine, id: id}}
	known, err := p.job.streams.resolve(c)
	if err != nil {
		return refused, streamError(id, err)
	}
	mode := modeOf(c, known.desc)
	raw, err := p.savedState(id, mode)
	if err != nil {
		return refused, streamError(id, err)
	}
	at, err := newPositions(known.desc, mode, raw, p.options.partitionLimit)
	if err != nil {
		return refused, streamError(id, err)
	}
	run := &streamRun{pass: p.newPass(known, mode), pace: p.newPace()}
	if p.global != nil {
		run.pace = p.global.pace
	}
	run.voice, run.positions, run.limit = run, at, p.job.limit
	run.from, run.said = startOf(raw), sha256.Sum256(at.blob())
	return run, nil
}

// startOf spells the state that a read starts from, so that two can be compared; empty where there
// is none.
func startOf(raw json.RawMessage) string {
	if text := string(jsonraw.Canonical(raw)); text != "null" && text != "{}" {
		return text
	}
	return ""
}

// modeOf says what a read of a stream keeps. A full refresh keeps its positions only where the
// platform counts generations: elsewhere a destination could not tell the attempts of one sync from
// two syncs, so each attempt must read everything.
func modeOf(c protocol.ConfiguredStream, desc Description) readMode {
	switch {
	case c.SyncMode == protocol.SyncIncremental:
		return incremental
	case c.GenerationID != nil && desc.isResumable():
		return resumableFullRefresh
	}
	return fullRefresh
}

// savedState is what the last sync has left of a stream, in today's form.
func (p *plan) savedState(id protocol.Descriptor, mode readMode) (json.RawMessage, error) {
	raw, ok := p.job.state.Stream(id)
	if !ok || !mode.tracked() || p.job.migrate == nil {
		return raw, nil
	}
	migrated, err := p.job.migrate(id, slices.Clone(raw))
	if err != nil {
		return nil, badState(id, fmt.Errorf("could not be brought to its new form: %w", err))
	}
	return migrated, nil
}

// connect gives a pass its partitions, and the feeds of its parents.
func (p *plan) connect(child *pass) error {
	source, err := p.source(child, child.stream.desc.Partitions)
	child.partitions = source
	return err
}

func (p *plan) source(child *pass, of Partitions) (partitionSource, error) {
	switch of := of.(type) {
	case Parent:
		return p.reader(child, of)
	case product:
		var all combinedSource
		for _, factor := range of {
			source, err := p.source(child, factor)
			if err != nil {
				return nil, err
			}
			all = append(all, source)
		}
		return all, nil
	}
	return authorsPartitions{of}, nil
}

// reader joins a child to the feed of its parent, which is made for the first child that wants it.
func (p *plan) reader(child *pass, of Parent) (*feedReader, error) {
	desc := of.Stream.Describe()
	k := feedKey{
		parent:      desc.Descriptor(),
		incremental: of.Incremental && child.mode == incremental,
	}
	if k.incremental {
		k.from = startOf(child.positions.book.parents.state[desc.Name])
	}
	f, ok := p.feeds[k]
	if !ok {
		f = &feed{
			parent: k.parent, incremental: k.incremental,
			spool: spool.New(feedMemory), ended: make(chan struct{}),
		}
		p.feeds[k] = f
		if err := p.feedFrom(f, k, of.Stream, desc); err != nil {
			return nil, err
		}
	}
	return f.want(child, of), nil
}

// feedFrom finds the pass that fills a feed: that of the parent's own output where it starts from
// the same point, or one of its own.
func (p *plan) feedFrom(f *feed, k feedKey, s Stream, desc Description) error {
	for _, run := range p.runs {
		if run != nil && run.id == k.parent && run.starts(k) {
			run.feeds = append(run.feeds, f)
			return nil
		}
	}
	mode := fullRefresh
	if k.incremental {
		mode = incremental
	}
	at, err := newPositions(desc, mode, []byte(k.from), p.options.partitionLimit)
	if err != nil {
		return err
	}
	parent := &parentRun{pass: p.newPass(knownStream{s, desc}, mode), feed: f}
	parent.voice, parent.positions, parent.hidden = parent, at, true
	parent.feeds = []*feed{f}
	f.stop = parent.stop
	p.parents = append(p.parents, parent)
	return p.connect(parent.pass)
}

// starts reports whether the run reads what a feed is to hold.
func (s *streamRun) starts(k feedKey) bool {
	switch {
	case s.limit > 0 || k.incremental && s.mode != incremental:
		return false
	case s.mode == fullRefresh:
		return true
	}
	return s.from == k.from
}

// remove gives the memory and the files of the feeds back.
func (p *plan) remove() {
	for _, f := range p.feeds {
		f.spool.Remove()
	}
}
