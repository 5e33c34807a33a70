package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/connection"
)

const syncUsage = `Usage: cdk sync --source SOURCE --destination DESTINATION [flags]

Syncs a source into a destination, both in any language, as Airbyte would: spec, check and discover
first, then read and write side by side, with the platform's rules between them. States are kept;
the next sync goes on from them.

SOURCE and DESTINATION are each a command line, such as ./source-acme or "python main.py", or the
folder of a Go program, which is built first. A destination may also be sqlite:FILE: typed tables in
a SQLite file.

Flags:
  --source-config FILE        the source's config, a JSON object (default {})
  --destination-config FILE   the same for the destination
  --catalog FILE              a configured catalog, which is taken as it is, or one that discover
                              has written (default: the source is asked)
  --streams A,B               only these streams; NAMESPACE.NAME where a name is not enough
  --mode MODE                 %s
                              (default: for each stream the best that both connectors allow:
                              incremental-dedup, incremental-append, full-refresh-overwrite)
  --state FILE                where states are kept (default SOURCE-DESTINATION.state.json in this
                              folder); generation ids stand beside it
  --attempts N                how often to try, with the platform's waits between (default 1)
  --supports-refreshes        as for a connector of Airbyte's registry: with generation ids, and
                              COMPLETE to the destination (default: as for one of your own)
  --report FILE               write all that is known of the sync as JSON, after a failure too
  --metrics FILE              write the same for Prometheus, such as DIR/acme.prom in the folder
                              of the node exporter's textfile collector
  --json                      one JSON object a line on standard output: logs, progress, and the
                              report last

On a terminal progress is drawn in place, warnings pass above it, and all logs go to a file beside
the state; elsewhere they go to standard error. NO_COLOR=1 leaves colours out. Ctrl-C stops the
source, loads what it has read and keeps the state; a second one stops at once.

Exit codes: 0 the sync succeeded, 1 it failed, 2 the command line was not understood, 130 or 143 it
was interrupted by SIGINT or SIGTERM. Findings change none of them.

Example:
  cdk sync --source . --source-config config.json --destination sqlite:acme.db
`

// syncFlags is what the command line of sync says.
type syncFlags struct {
	connection.Options

	report, metrics string
	json            bool
}

// parseSync reads the flags. The error is a sentence; flag.ErrHelp asks for the usage text.
func parseSync(args []string) (*syncFlags, error) {
	f := new(syncFlags)
	var mode, streams string
	set := flag.NewFlagSet("sync", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&f.Source, "source", "", "")
	set.StringVar(&f.SourceConfig, "source-config", "", "")
	set.StringVar(&f.Destination, "destination", "", "")
	set.StringVar(&f.DestinationConfig, "destination-config", "", "")
	set.StringVar(&f.Catalog, "catalog", "", "")
	set.StringVar(&streams, "streams", "", "")
	set.StringVar(&mode, "mode", "", "")
	set.StringVar(&f.State, "state", "", "")
	set.IntVar(&f.Attempts, "attempts", 1, "")
	set.BoolVar(&f.SupportsRefreshes, "supports-refreshes", false, "")
	set.StringVar(&f.report, "report", "", "")
	set.StringVar(&f.metrics, "metrics", "", "")
	set.BoolVar(&f.json, "json", false, "")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	var empty error
	set.Visit(func(given *flag.Flag) {
		if given.Value.String() == "" {
			empty = fmt.Errorf("the flag --%s is empty; give it a value or leave it out",
				given.Name)
		}
	})
	var err error
	f.Mode, err = connection.ParseMode(mode)
	f.Streams = splitNames(streams)
	switch {
	case set.NArg() > 0:
		return nil, fmt.Errorf("there is an argument too much, %q; put a command line of several "+
			"words into quotes", set.Arg(0))
	case empty != nil:
		return nil, empty
	case f.Source == "":
		return nil, errors.New("the flag --source is missing")
	case f.Destination == "":
		return nil, errors.New("the flag --destination is missing, such as sqlite:acme.db")
	case f.Attempts < 1:
		return nil, errors.New("--attempts must be 1 or more")
	}
	return f, err
}

// splitNames reads a list with commas.
func splitNames(list string) (names []string) {
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// syncConnectors carries out the verb sync.
func syncConnectors(args []string, out, errs io.Writer) int {
	f, err := parseSync(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		var modes []string
		for _, m := range connection.Modes() {
			modes = append(modes, string(m))
		}
		fmt.Fprintf(out, syncUsage, strings.Join(modes, ",\n                              "))
		return exitOK
	case err != nil:
		fmt.Fprintf(errs, "cdk sync: %v; run `cdk sync --help` to see how it is used.\n", err)
		return exitUsage
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	stops := newStops(cancel)
	defer stops.close()
	r := &syncRun{flags: f, out: out, errs: errs, stops: stops}
	err = r.run(ctx)
	code := r.code(ctx, err)
	if err != nil && code == exitFailed {
		fmt.Fprintf(errs, "cdk sync: %s.\n", strings.TrimSuffix(err.Error(), "."))
	}
	return code
}

// outputs are the files to write at the end.
func (f *syncFlags) outputs() []connection.Output {
	return []connection.Output{
		{Flag: "--report", Path: f.report}, {Flag: "--metrics", Path: f.metrics},
	}
}

// terminalOf is the file behind a writer, if it is one.
func terminalOf(w io.Writer) *os.File {
	f, _ := w.(*os.File)
	return f
}
