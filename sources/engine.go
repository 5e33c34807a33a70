package sources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

// engine reads the streams of a catalog: each in a goroutine of its own, their slices in a pool
// that all share.
type engine struct {
	out         *protocol.Writer
	log         *slog.Logger
	pool        *pool
	options     options
	groups      groups
	global      *globalState // nil where each stream has a state of its own
	sharedState json.RawMessage
	halted      atomic.Pointer[error]
	lastBeat    atomic.Int64 // when the last record or state was written, in Unix nanoseconds
}

// stopped returns the reason why no more records are wanted. It is asked for each record, because
// an author's loop may not look at its context.
func (e *engine) stopped() error {
	if cause := e.halted.Load(); cause != nil {
		return *cause
	}
	return nil
}

// beat notes that a record or a state was written. Nothing else counts for the platform as a sign
// of life.
func (e *engine) beat() { e.lastBeat.Store(time.Now().UnixNano()) }

// job is what one read is asked to do.
type job struct {
	streams *knownStreams
	catalog *protocol.ConfiguredCatalog
	state   *state.Set
	// migrate brings the state of a stream to today's form; nil leaves it as it is.
	migrate func(stream protocol.Descriptor, old []byte) ([]byte, error)
	limit   int64 // records of each stream; 0 means all
}

// read reads every stream of the catalog. A stream that fails does not stop the others; all traces
// have been written when it returns.
func (e *engine) read(ctx context.Context, j job) error {
	unhook := context.AfterFunc(ctx, func() { e.halted.Store(new(context.Cause(ctx))) })
	defer unhook()
	begun := time.Now()
	e.beat()
	p := e.plan(j)
	defer p.remove()
	var flight sync.WaitGroup
	for _, parent := range p.parents {
		flight.Go(func() { parent.run(ctx) })
	}
	for i, run := range p.runs {
		if run == nil {
			continue
		}
		flight.Go(func() { p.failed[i] = run.run(ctx) })
	}
	e.pool.open()
	stop := e.watch(p)
	flight.Wait()
	stop()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return e.summarise(j, p, time.Since(begun))
}

// summarise logs how the read went, and returns an error when a stream failed.
func (e *engine) summarise(j job, p *plan, took time.Duration) error {
	var records int64
	for _, run := range p.runs {
		if run != nil {
			records += run.written
		}
	}
	var names []string
	for i, err := range p.failed {
		if err != nil {
			names = append(names, j.catalog.Streams[i].Stream.Descriptor().String())
		}
	}
	said := []any{"records", records, "after", took.Round(time.Millisecond)}
	if len(names) == 0 {
		e.log.Info(fmt.Sprintf("Read all %d streams.", len(p.failed)), said...)
		return nil
	}
	text := fmt.Sprintf("%d of %d streams failed: %s.",
		len(names), len(p.failed), strings.Join(names, ", "))
	e.log.Error(text, said...)
	return entry.Reported(errors.New(text))
}

// read waits until the pass may begin and reads its slices. Its parents are released then.
func (p *pass) read(ctx context.Context) error {
	defer func() {
		for _, f := range p.partitions.feeds() {
			f.release()
		}
	}()
	leave, err := p.enterGroup(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return p.readSlices(ctx)
}

// groups are the groups of streams that must not be read at the same time.
type groups struct {
	mu   sync.Mutex
	busy map[string]chan struct{} // holds a value while a stream of the group is read
}

func (g *groups) of(name string) chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy == nil {
		g.busy = map[string]chan struct{}{}
	}
	if g.busy[name] == nil {
		g.busy[name] = make(chan struct{}, 1)
	}
	return g.busy[name]
}

// enterGroup waits until no other stream of the group is read. A stream that is read by the records
// of a parent first waits until that has ended: whoever is in a group waits for nobody else, so no
// two can wait for each other. It holds no slot meanwhile.
func (p *pass) enterGroup(ctx context.Context) (leave func(), err error) {
	group := p.stream.desc.Group
	if group == "" {
		return func() {}, nil
	}
	for _, f := range p.partitions.feeds() {
		select {
		case <-f.ended:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	busy := p.groups.of(group)
	select {
	case busy <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return func() { <-busy }, nil
}

// share replaces the shared state, behind all records that were emitted before.
func (e *engine) share(shared []byte) error {
	if e.global == nil {
		return protocol.Errorf(protocol.SystemError, "The connector shares a state, but its Main "+
			"does not have the option GlobalState.")
	}
	if err := e.out.Flush(); err != nil {
		return err
	}
	e.global.set(slices.Clone(shared))
	return nil
}
