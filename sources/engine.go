package sources

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	out     *protocol.Writer
	log     *slog.Logger
	pool    *pool
	options options
	halted  atomic.Pointer[error]
}

// stopped returns the reason why no more records are wanted. It is asked for each record, because
// an author's loop may not look at its context.
func (e *engine) stopped() error {
	if cause := e.halted.Load(); cause != nil {
		return *cause
	}
	return nil
}

// job is what one read is asked to do.
type job struct {
	streams *knownStreams
	catalog *protocol.ConfiguredCatalog
	state   *state.Set
	limit   int64 // records of each stream; 0 means all
}

// read reads every stream of the catalog. A stream that fails does not stop the others; all traces
// have been written when it returns.
func (e *engine) read(ctx context.Context, j job) error {
	unhook := context.AfterFunc(ctx, func() { e.halted.Store(new(context.Cause(ctx))) })
	defer unhook()
	var (
		begun  = time.Now()
		failed = make([]error, len(j.catalog.Streams))
		runs   []*streamRun
		flight sync.WaitGroup
	)
	for i, configured := range j.catalog.Streams {
		run, err := e.prepare(j, configured)
		if err != nil {
			run.refused(err)
			failed[i] = err
			continue
		}
		run.lane = e.pool.join()
		runs = append(runs, run)
		flight.Go(func() { failed[i] = run.run(ctx) })
	}
	e.pool.open()
	stop := e.checkpointRegularly(runs)
	flight.Wait()
	stop()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return e.summarise(j, runs, failed, time.Since(begun))
}

// prepare makes the run of one configured stream. With an error it returns a run that can only say
// so.
func (e *engine) prepare(j job, c protocol.ConfiguredStream) (*streamRun, *protocol.Error) {
	run := &streamRun{engine: e, id: c.Stream.Descriptor(), limit: j.limit}
	run.pace.interval = e.options.stateInterval
	known, err := j.streams.resolve(c)
	if err != nil {
		return run, streamError(run.id, err)
	}
	run.stream = known
	if c.SyncMode != protocol.SyncIncremental {
		// Every attempt of a full refresh starts without state: without generation ids a
		// destination could not tell the attempts apart.
		return run, nil
	}
	raw, _ := j.state.Stream(run.id)
	cursor := known.desc.Cursor
	saved, err := parseStreamState(run.id, cursor, raw)
	if err != nil {
		return run, streamError(run.id, err)
	}
	run.incremental, run.saved = true, saved
	run.progress.ordered = cursor.order() == Ascending
	if saved.saved != nil {
		run.progress.at.raise(*saved.saved)
		run.said = run.progress.position()
	}
	return run, nil
}

// checkpointRegularly writes the states of streams whose code offers no moment for it. The function
// it returns stops that and waits for it.
func (e *engine) checkpointRegularly(runs []*streamRun) (stop func()) {
	if e.options.stateInterval <= 0 {
		return func() {}
	}
	done := make(chan struct{})
	var flight sync.WaitGroup
	flight.Go(func() {
		tick := time.NewTicker(e.options.stateInterval)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			for _, run := range runs {
				_ = run.checkpoint() // the writer's errors are sticky and end the read elsewhere
			}
		}
	})
	return func() { close(done); flight.Wait() }
}

// summarise logs how the read went, and returns an error when a stream failed.
func (e *engine) summarise(j job, runs []*streamRun, failed []error, took time.Duration) error {
	var records int64
	for _, run := range runs {
		records += run.written
	}
	var names []string
	for i, err := range failed {
		if err != nil {
			names = append(names, j.catalog.Streams[i].Stream.Descriptor().String())
		}
	}
	said := []any{"records", records, "after", took.Round(time.Millisecond)}
	if len(names) == 0 {
		e.log.Info(fmt.Sprintf("Read all %d streams.", len(failed)), said...)
		return nil
	}
	text := fmt.Sprintf("%d of %d streams failed: %s.",
		len(names), len(failed), strings.Join(names, ", "))
	e.log.Error(text, said...)
	return entry.Reported(errors.New(text))
}
