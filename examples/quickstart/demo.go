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
)

// demo is one run: from the shop through the source into the store.
type demo struct {
	options

	stdout, stderr io.Writer // the summary; all else

	store  *store
	shop   *server
	source *connector
	config string // path of the config file
}

func newDemo(o options, stdout, stderr io.Writer) *demo {
	return &demo{options: o, stdout: stdout, stderr: stderr}
}

func (d *demo) run(ctx context.Context) (err error) {
	if d.store, err = openStore(d.dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.store.close()) }()
	log, err := os.Create(d.store.path("source.log"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	d.source = &connector{log: log}
	if err := d.prepare(ctx); err != nil {
		return err
	}
	defer d.shop.close()
	catalog, err := d.introduce(ctx)
	if err != nil {
		return err
	}
	result, err := d.read(ctx, catalog)
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

// prepare gets the binary, the API and the config ready.
func (d *demo) prepare(ctx context.Context) error {
	err := d.step("build", func() (done string, err error) {
		if d.binary != "" {
			d.source.path, err = filepath.Abs(d.binary)
			return "not needed: " + d.binary, err
		}
		d.source.path, err = buildSource(ctx, d.store.dir)
		return "examples/source-rest", err
	})
	if err != nil {
		return err
	}
	return d.step("serve", func() (string, error) {
		api, err := startServer(ctx, "127.0.0.1:0", shop.New(unkindShop(d.store.shop.Growth)))
		if err != nil {
			return "", err
		}
		d.shop = api
		d.config, err = d.store.save("config.json", shopConfig(api.url))
		return "the shop's API at " + api.url, err
	})
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
