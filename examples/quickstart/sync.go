package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/internal/syncview"
	"github.com/airbyte-go/cdk/protocol"
)

// grace is how long a connector may take to end after it was asked to.
const grace = 10 * time.Second

// sync runs the two verbs that take their time, from where the last run ended.
func (d *demo) sync(
	ctx context.Context, catalog *protocol.ConfiguredCatalog,
) (s summary, err error) {
	if s.before, err = countRows(ctx, d.store, catalog); err != nil {
		return s, err
	}
	if s.report, err = d.move(ctx, catalog); err != nil {
		return s, err
	}
	if s.after, err = countRows(ctx, d.store, catalog); err != nil {
		return s, err
	}
	s.shop, s.dir = d.shop.Stats(), d.dir
	done := syncview.Plural(s.report.Totals().Records, "record") + " in " +
		syncview.Plural(int64(len(s.report.Streams)), "stream")
	fmt.Fprintf(d.stderr, stepLine, "sync", done, s.took().Milliseconds())
	return s, nil
}

// move lets the platform move records from the source to the destination, in view of the user.
func (d *demo) move(
	ctx context.Context, catalog *protocol.ConfiguredCatalog,
) (*platform.Report, error) {
	size := sizeOf(d.stderr)
	view := syncview.View{Title: "sync", Colour: size != nil && os.Getenv("NO_COLOR") == ""}
	live := syncview.Open(d.stderr, view, size)
	defer live.Close()
	s := &platform.Sync{
		Source: d.source.program, Destination: d.target.program,
		SourceConfig: d.source.config, DestinationConfig: d.target.config,
		Catalog: catalog, Store: platform.FileStore(d.store.path(stateFile)),
		SupportsRefreshes: true, Grace: grace,
		Log: func(e platform.Entry) {
			switch e.Origin {
			case platform.Source:
				d.source.note(e)
			case platform.Destination:
				d.target.note(e)
			case platform.Platform:
				live.Log(e)
			}
		},
	}
	live.Follow(s.Progress)
	report, err := s.Run(ctx)
	switch {
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case report.Outcome != platform.Succeeded:
		return nil, errors.New(report.Attempts[0].Failures[0].Message)
	}
	return report, nil
}

// sizeOf asks the terminal behind w for its size; nil: there is none.
func sizeOf(w io.Writer) func() (width, height int) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return func() (width, height int) {
		width, height, err := term.GetSize(int(f.Fd()))
		if err != nil || width < 1 || height < 1 {
			return 80, 24 // one that does not say
		}
		return width, height
	}
}
