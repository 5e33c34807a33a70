package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
)

const defaultDir = "quickstart-data"

// options are the command line.
type options struct {
	dir        string // where everything is stored
	json       bool   // the summary for programs
	sourceFile string // a built connector; empty: build examples/source-rest
	targetFile string // the same; empty: build examples/destination-sqlite
	query      string // only look into the tables
	serve      string // an address: only serve the API
	size       int    // records in each collection; 0: a few thousand
}

// parseOptions reads the command line. Its error has been shown already; flag.ErrHelp means that
// the user has asked for the usage.
func parseOptions(args []string, stderr io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.dir, "dir", defaultDir, "store tables and state in `folder`")
	flags.BoolVar(&o.json, "json", false, "print the summary as one JSON object")
	flags.StringVar(&o.sourceFile, "source", "", "run the built source in `file` "+
		"instead of building examples/source-rest")
	flags.StringVar(&o.targetFile, "destination", "", "run the built destination in `file` "+
		"instead of building examples/destination-sqlite")
	flags.StringVar(&o.query, "query", "", "only answer a `query` in SQL from the tables")
	flags.StringVar(&o.serve, "serve", "", "only serve the API at `address`, "+
		"such as 127.0.0.1:8080, and say how to run the connector by hand")
	flags.IntVar(&o.size, "size", 0, "with -serve: `n` records in each collection and no limit "+
		"on the rate, to measure with")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if err := o.validate(flags.Args()); err != nil {
		fmt.Fprintf(stderr, "quickstart: %v\n", err)
		flags.Usage()
		return o, err
	}
	return o, nil
}

func (o options) validate(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("%q is not a flag", rest[0])
	case o.dir == "":
		return errors.New("-dir must name a folder")
	case o.query != "" && o.serve != "":
		return errors.New("-query and -serve are two things to do: choose one")
	case o.size < 0:
		return errors.New("-size must not be negative")
	case o.size > 0 && o.serve == "":
		return errors.New("-size goes with -serve: the records of a run are stored, and add up")
	}
	return nil
}
