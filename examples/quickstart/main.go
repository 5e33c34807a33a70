// Command quickstart shows the kit at work. It serves the web API of a made-up shop, builds the
// connectors examples/source-rest and examples/destination-sqlite, and runs them as Airbyte would:
// spec, check and discover first, then read and write side by side, each a process of its own. What
// the source reads is in tables of a SQLite file then, each record once and in its newest version.
//
//	go run ./examples/quickstart
//	go run ./examples/quickstart -query "SELECT status, count(*) FROM orders GROUP BY status"
//
// Run it again: the shop has grown meanwhile, and only what is new or has changed is read. Stop it
// in the middle: the next run goes on from the last state that the destination wrote back. To start
// over, delete the folder quickstart-data.
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
