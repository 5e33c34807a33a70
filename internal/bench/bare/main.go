// Command bare is the least that the jobs of a measurement need: loops that a good programmer would
// write for this one task without a kit. They make no states, no retries and no clear errors.
//
//	bare full|slices|children|synthetic CONFIG
//	bare sqlite FILE SHAPE < lines
//	bare postgres URL SHAPE < lines
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/airbyte-go/cdk/internal/bench/mallocs"
	"github.com/airbyte-go/cdk/internal/bench/rows"
)

func main() {
	err := mallocs.Count(func() error { return run(context.Background(), os.Args[1:]) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("want a job and what it works on, got %q", args)
	}
	switch args[0] {
	case "sqlite", "postgres":
		return load(ctx, args, os.Stdin)
	default:
		return read(ctx, args[0], args[1], os.Stdout)
	}
}

func read(ctx context.Context, job, config string, to io.Writer) error {
	text, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	var cfg rows.Config
	if err := json.Unmarshal(text, &cfg); err != nil {
		return err
	}
	shape, err := rows.ShapeOf(cfg.Shape)
	if err != nil {
		return err
	}
	out := newOutput(to, job)
	jobs := map[string]func() error{
		"full":      func() error { return newReader(cfg, out).full(ctx) },
		"slices":    func() error { return newReader(cfg, out).slices(ctx) },
		"children":  func() error { return newReader(cfg, out).children(ctx) },
		"synthetic": func() error { return synthetic(cfg, shape, out) },
	}
	do, ok := jobs[job]
	if !ok {
		return fmt.Errorf("there is no job %q", job)
	}
	if err := do(); err != nil {
		return err
	}
	return out.flush()
}

func synthetic(cfg rows.Config, shape rows.Shape, out *output) error {
	clock := rows.NewClock(shape)
	for range cfg.Count {
		if err := out.record(clock.Record); err != nil {
			return err
		}
		clock.Next()
	}
	return nil
}

func load(ctx context.Context, args []string, in io.Reader) error {
	if len(args) != 3 {
		return fmt.Errorf("want a database, where it is and a shape, got %q", args)
	}
	shape, err := rows.ShapeOf(args[2])
	if err != nil {
		return err
	}
	if args[0] == "sqlite" {
		return insert(ctx, args[1], newDecoder(shape, in))
	}
	return copyIn(ctx, args[1], newDecoder(shape, in))
}
