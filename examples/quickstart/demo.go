package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/examples/internal/shop"
	"github.com/airbyte-go/cdk/internal/platform"
)

// demo is one run: from the shop through the source and the destination into tables.
type demo struct {
	options

	stdout, stderr io.Writer // the summary; all else

	store  *store
	shop   *server
	source *connector
	target *connector
}

func newDemo(o options, stdout, stderr io.Writer) *demo {
	return &demo{options: o, stdout: stdout, stderr: stderr}
}

func (d *demo) run(ctx context.Context) (err error) {
	if d.store, err = openStore(d.dir); err != nil {
		return err
	}
	d.source = &connector{role: platform.Source}
	d.target = &connector{role: platform.Destination}
	for _, c := range []*connector{d.source, d.target} {
		if c.log, err = os.Create(d.store.path(string(c.role) + ".log")); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.log.Close()) }()
	}
	if err := d.prepare(ctx); err != nil {
		return err
	}
	defer d.shop.close()
	catalog, err := d.introduce(ctx)
	if err != nil {
		return err
	}
	result, err := d.sync(ctx, catalog)
	if err != nil {
		return err
	}
	if err := d.store.grow(); err != nil {
		return err
	}
	if d.json {
		return result.writeJSON(d.stdout)
	}
	return result.write(d.stdout)
}

// prepare gets the binaries, the API and the configs ready.
func (d *demo) prepare(ctx context.Context) error {
	err := d.step("build", func() (string, error) { return d.build(ctx) })
	if err != nil {
		return err
	}
	return d.step("serve", func() (string, error) {
		api, err := startServer(ctx, "127.0.0.1:0", shop.New(unkindShop(d.store.shop.Growth)))
		if err != nil {
			return "", err
		}
		d.shop = api
		if d.source.config, err = d.store.save("config.json", shopConfig(api.url)); err == nil {
			config := map[string]any{"path": d.store.path(tablesFile)}
			d.target.config, err = d.store.save("destination.json", config)
		}
		if err != nil {
			api.close()
		}
		return "the shop's API at " + api.url, err
	})
}

// build finds the connectors that the command line names, and builds the others.
func (d *demo) build(ctx context.Context) (done string, err error) {
	var names []string
	find := func(c *connector, given, name string) error {
		if given != "" {
			path, err := filepath.Abs(given)
			c.use(path)
			return err
		}
		c.use(binaryPath(d.store.dir, name))
		names = append(names, name)
		return nil
	}
	err = errors.Join(find(d.source, d.sourceFile, "source-rest"),
		find(d.target, d.targetFile, "destination-sqlite"))
	if err != nil || len(names) == 0 {
		return "nothing: both connectors are given", err
	}
	return strings.Join(names, ", "), buildConnectors(ctx, d.store.dir, names...)
}

// A line for each step: its name, what came of it, and how long it took.
const (
	stepName = "%-10s"
	stepLine = stepName + "%-50s %6d ms\n"
)

// step says what is being done, does it, and says what came of it.
func (d *demo) step(name string, do func() (done string, err error)) error {
	fmt.Fprintf(d.stderr, stepName, name)
	begun := time.Now()
	done, err := do()
	if err != nil {
		fmt.Fprintln(d.stderr, "failed")
		return err
	}
	rest := strings.TrimPrefix(stepLine, stepName)
	fmt.Fprintf(d.stderr, rest, done, time.Since(begun).Milliseconds())
	return nil
}
