package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// errHungUp is why the source was stopped when the destination is what failed.
var errHungUp = errors.New("the destination ended before its input did")

// sync runs the two verbs that take their time, from where the last run ended.
func (d *demo) sync(
	ctx context.Context, catalog *protocol.ConfiguredCatalog,
) (s summary, err error) {
	path, err := d.store.save("catalog.json", catalog)
	if err != nil {
		return s, err
	}
	before, err := countRows(ctx, d.store, catalog)
	if err != nil {
		return s, err
	}
	counts := newTally(catalog)
	stop := newProgress(d.stderr, counts).start()
	err = (&pipe{
		demo: d, catalog: catalog, path: path, goesOn: len(d.store.states) > 0, counts: counts,
	}).run(ctx)
	stop()
	if err != nil {
		return s, err
	}
	s = summary{
		streams: counts.result(), before: before,
		took: time.Since(counts.begun), shop: d.shop.Stats(), dir: d.dir,
	}
	if s.after, err = countRows(ctx, d.store, catalog); err != nil {
		return s, err
	}
	done := plural(sum(s.streams).records, "record") + " in " +
		plural(int64(len(s.streams)), "stream")
	fmt.Fprintf(d.stderr, stepLine, "sync", done, s.took.Milliseconds())
	return s, nil
}

// pipe does what the platform does between a source and a destination. Records and states go to
// the destination, and nothing else. It writes a state back when everything before it is in the
// tables; only then is the state stored.
type pipe struct {
	*demo

	catalog *protocol.ConfiguredCatalog
	path    string // of the catalog
	goesOn  bool   // whether there are states to go on from
	counts  *tally
}

func (p *pipe) run(ctx context.Context) error {
	in, out, err := os.Pipe()
	if err != nil {
		return err
	}
	written := make(chan error, 1)
	go func() { written <- p.write(ctx, in) }()

	err = p.read(ctx, out)
	_ = out.Close()
	failed := <-written
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case failed != nil && (err == nil || errors.Is(err, errHungUp)):
		return failed
	}
	return err
}

// read runs the source and passes on what it reads. Of a source that has succeeded the destination
// is told so, in the words of the platform.
func (p *pipe) read(ctx context.Context, out io.Writer) error {
	lines := protocol.NewWriter(out, protocol.WriterOptions{})
	defer func() { _ = lines.Close() }() // every write has told its error already
	send := func(m *protocol.Message) error {
		if err := lines.Write(m); err != nil {
			return fmt.Errorf("%w: %w", errHungUp, err)
		}
		return nil
	}
	args := []string{"read", "--config", p.source.config, "--catalog", p.path}
	if p.goesOn {
		args = append(args, "--state", p.store.path("state.json"))
	}
	err := p.source.run(ctx, nil, func(m *protocol.Message) error {
		p.counts.read(m)
		if m.Record == nil && m.State == nil {
			return nil
		}
		return send(m)
	}, args...)
	for _, s := range p.catalog.Streams {
		if err == nil {
			err = send(complete(s.Stream.Descriptor()))
		}
	}
	return err
}

func complete(id protocol.Descriptor) *protocol.Message {
	return &protocol.Message{Type: protocol.MessageTrace, Trace: &protocol.Trace{
		Type: protocol.TraceStreamStatus, EmittedAt: time.Now().UnixMilli(),
		StreamStatus: &protocol.StreamStatusTrace{
			Descriptor: id, Status: protocol.StatusComplete,
		},
	}}
}

// write runs the destination and stores the states that it writes back. When ctx ends, it still
// loads what the source had read.
func (p *pipe) write(ctx context.Context, in *os.File) error {
	defer func() { _ = in.Close() }() // so that the source does not wait for one who has gone
	patient, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(2*grace, stop) })()
	return p.target.run(patient, in, func(m *protocol.Message) error {
		if m.State == nil {
			return nil
		}
		if err := p.store.addState(m.State); err != nil {
			return err
		}
		p.counts.stored(m.State)
		return nil
	}, "write", "--config", p.target.config, "--catalog", p.path)
}
