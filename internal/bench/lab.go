package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

// lab is what jobs are run in: programs that were built, servers that run, files.
type lab struct {
	dir   string // temporary
	root  string // of the repository
	quick bool   // tiny sizes, to see that everything works
	log   *slog.Logger

	api     *server
	python  pythonKit
	setup   usage    // of our source: a process that does nothing but start
	cluster *cluster // started when it is first asked for
	files   int      // made so far
}

// openLab builds the programs and starts the API.
func openLab(ctx context.Context, quick, python bool, log *slog.Logger) (*lab, error) {
	root, err := findRoot(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	l := &lab{dir: dir, root: root, quick: quick, log: log}
	if err := l.build(ctx); err != nil {
		return nil, errors.Join(err, l.close())
	}
	l.api, err = startServer(ctx, l.program("api"))
	if err == nil && python {
		err = l.openPython(ctx)
	} else if !python {
		l.python.missing = "-python=false was given"
	}
	if err == nil {
		l.setup, err = l.startOf(ctx, []string{l.program("source"), "spec"})
	}
	if err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

// findRoot asks the go command for the folder of the workspace.
func findRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOWORK").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOWORK: %w", err)
	}
	file := filepath.Clean(string(out[:max(0, len(out)-1)]))
	if filepath.Base(file) != "go.work" {
		return "", errors.New("run this inside of the repository: there is no go.work here")
	}
	return filepath.Dir(file), nil
}

// build makes the programs as a user would.
func (l *lab) build(ctx context.Context) error {
	l.log.Info("building the programs")
	args := []string{"build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(l.dir, "bin") +
		string(filepath.Separator)}
	for _, pkg := range []string{
		"internal/bench/api", "internal/bench/source", "internal/bench/bare",
		"examples/destination-sqlite", "examples/destination-postgres", "cmd/cdk",
	} {
		args = append(args, "./"+pkg)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = l.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// program is the path of one that was built.
func (l *lab) program(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(l.dir, "bin", name)
}

// size chooses a size for a whole measurement or a quick one.
func (l *lab) size(whole, quick int) int {
	if l.quick {
		return quick
	}
	return whole
}

// close ends the servers and removes the files.
func (l *lab) close() error {
	var err error
	if l.api != nil {
		err = l.api.stop()
	}
	if l.cluster != nil {
		err = errors.Join(err, l.cluster.stop())
	}
	return errors.Join(err, os.RemoveAll(l.dir))
}

// file writes a JSON file and returns its path.
func (l *lab) file(content any) (string, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	l.files++
	name := filepath.Join(l.dir, fmt.Sprintf("%d.json", l.files))
	return name, os.WriteFile(name, text, 0o600)
}

// apiURL is the part of the API with pages of a shape and size.
func (l *lab) apiURL(s rows.Shape, size, latency int, encoding string) string {
	return fmt.Sprintf("%s/%s/%d/%d/%s/", l.api.line, s.Name, size, latency, encoding)
}

// read is a way of our source: the stream in a sync mode, full_refresh or incremental.
func (l *lab) read(cfg rows.Config, mode string, streams ...string) (way, error) {
	config, err := l.file(cfg)
	if err != nil {
		return way{}, err
	}
	catalog, err := l.catalog(cfg, mode, "append", streams...)
	args := []string{l.program("source"), "read", "--config", config, "--catalog", catalog}
	return way{
		name: ours, countsOutput: true, mallocs: config + ".mallocs",
		command: func(int) (command, error) { return command{args: args}, nil },
	}, err
}

// bareRead is the bare loop for a stream.
func (l *lab) bareRead(cfg rows.Config, stream string) (way, error) {
	config, err := l.file(cfg)
	args := []string{l.program("bare"), stream, config}
	return way{
		name: bare, countsOutput: true, mallocs: config + ".mallocs",
		command: func(int) (command, error) { return command{args: args}, nil },
	}, err
}

// catalog writes a configured catalog of streams of one shape.
func (l *lab) catalog(cfg rows.Config, mode, destination string, names ...string) (string, error) {
	shape, err := rows.ShapeOf(cfg.Shape)
	if err != nil {
		return "", err
	}
	var streams []any
	for _, name := range names {
		configured := map[string]any{
			"stream": map[string]any{
				"name": name, "json_schema": json.RawMessage(shape.Schema()),
				"supported_sync_modes": []string{"full_refresh", "incremental"},
			},
			"sync_mode": mode, "destination_sync_mode": destination,
		}
		if mode == "incremental" {
			configured["cursor_field"] = []string{rows.CursorField}
		}
		streams = append(streams, configured)
	}
	return l.file(map[string]any{"streams": streams})
}
