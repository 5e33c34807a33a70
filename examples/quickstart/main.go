// Command quickstart shows the kit at work. It serves the web API of a made-up shop, builds the
// connector examples/source-rest, runs it as Airbyte would (spec, check, discover, read, each a
// process of its own) and stores what it reads: records as JSON Lines, and the state that says how
// far they go.
//
//	go run ./examples/quickstart
//
// Run it again: the shop has grown meanwhile, and only what is new is read. Stop it in the middle:
// the next run goes on from the last state. To start over, delete the folder quickstart-data.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
