package main

import (
	"context"
	"errors"
	"fmt"
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
	err = d.pipe(ctx, path, catalog, counts)
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
func (d *demo) pipe(
	ctx context.Context, path string, catalog *protocol.ConfiguredCatalog, counts *tally,
) error {
	in, out, err := os.Pipe()
	if err != nil {
		return err
	}
	written := make(chan error, 1)
	go func() { written <- d.write(ctx, in, path, counts) }()

	err = d.read(ctx, out, path, catalog, counts)
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
func (d *demo) read(
	ctx context.Context, out *os.File, path string,
	catalog *protocol.ConfiguredCatalog, counts *tally,
) error {
	lines := protocol.NewWriter(out, protocol.WriterOptions{})
	defer func() { _ = lines.Close() }() // every write has told its error already
	send := func(m *protocol.Message) error {
		if err := lines.Write(m); err != nil {
			return fmt.Errorf("%w: %w", errHungUp, err)
		}
		return nil
	}
	args := []string{"read", "--config", d.source.config, "--catalog", path}
	if len(d.store.states) > 0 {
		args = append(args, "--state", d.store.path("state.json"))
	}
	err := d.source.run(ctx, nil, func(m *protocol.Message) error {
		counts.read(m)
		if m.Record == nil && m.State == nil {
			return nil
		}
		return send(m)
	}, args...)
	for _, s := range catalog.Streams {
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
func (d *demo) write(ctx context.Context, in *os.File, path string, counts *tally) error {
	defer func() { _ = in.Close() }() // so that the source does not wait for one who has gone
	patient, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(2*grace, stop) })()
	return d.target.run(patient, in, func(m *protocol.Message) error {
		if m.State == nil {
			return nil
		}
		counts.stored(m.State)
		return d.store.addState(m.State)
	}, "write", "--config", d.target.config, "--catalog", path)
}
