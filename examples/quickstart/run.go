package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// run is main without the process: it returns the exit code, which is 130 after a signal.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	o, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case o.query != "":
		err = query(ctx, o, stdout)
	case o.serve != "":
		err = serve(ctx, o, stdout)
	default:
		err = newDemo(o, stdout, stderr).run(ctx)
	}
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		fmt.Fprintf(stderr, "\nStopped. What was read is in %s; the next run goes on.\n", o.dir)
		return 130
	}
	fmt.Fprintf(stderr, "\nquickstart: %s.\n", strings.TrimSuffix(err.Error(), "."))
	return 1
}
