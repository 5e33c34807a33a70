package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

// syncJob is what stands between a source and a destination.
func syncJob() job {
	return job{
		name: "sync", title: "Sync, end to end",
		about: "`cdk sync` runs the source of the API, pages of 1,000 records, and " +
			"destination-sqlite as processes, beside the same two through a plain pipe, the " +
			"source with a reader that discards, and the destination with lines that are there " +
			"already. CPU time is that of all processes of a way, the peak that of the one " +
			"that was started: `cdk`, or the shell of the pipe.",
		cases: syncCases,
	}
}

func syncCases(_ context.Context, l *lab) ([]work, error) {
	var cases []work
	for _, s := range rows.Shapes() {
		c, err := syncCase(l, s)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

func syncCase(l *lab, s rows.Shape) (work, error) {
	size := l.size(1000, 100)
	pages := l.size(loadedRows(s)/size, 1)
	cfg := rows.Config{Shape: s.Name, Pages: pages, URL: l.apiURL(s, size, 0, "plain")}
	config, err := l.file(cfg)
	if err != nil {
		return work{}, err
	}
	catalog, err := l.catalog(cfg, "full_refresh", "append", "full")
	if err != nil {
		return work{}, err
	}
	source, err := l.read(cfg, "full_refresh", "full")
	if err != nil {
		return work{}, err
	}
	source.name, source.mallocs = "source alone", "" // the job of the API shows them
	e := ends{l, s.Name, config, catalog}
	lines := linesFor("full", s, pages*size)
	destination := way{name: "destination alone", command: func(round int) (command, error) {
		db, err := e.database("alone", round)
		args := []string{
			l.program("destination-sqlite"), "write", "--config", db, "--catalog", catalog,
		}
		return command{args: args, stdin: lines}, err
	}}
	pipe := way{name: plainPipe, command: e.pipe}
	kit := way{name: "`cdk sync`", command: e.sync}
	return work{name: s.Name, ways: sized(pages*size, pipe, kit, source, destination)}, nil
}

// ends are a source and a destination, and what both are given.
type ends struct {
	lab                    *lab
	shape, config, catalog string
}

// database is the config of a new database.
func (e ends) database(way string, round int) (string, error) {
	file := fmt.Sprintf("sync-%s-%s-%d.db", e.shape, way, round)
	return e.lab.file(map[string]any{"path": filepath.Join(e.lab.dir, file)})
}

// pipe runs both in a shell, which waits for them, so that their CPU time is in its own.
func (e ends) pipe(round int) (command, error) {
	db, err := e.database("pipe", round)
	const script = `"$0" read --config "$1" --catalog "$2" | ` +
		`"$3" write --config "$4" --catalog "$2"`
	return command{args: []string{
		"sh", "-c", script, e.lab.program("source"), e.config, e.catalog,
		e.lab.program("destination-sqlite"), db,
	}}, err
}

// sync runs both on the platform that `cdk` brings along.
func (e ends) sync(round int) (command, error) {
	db, err := e.database("sync", round)
	if err != nil {
		return command{}, err
	}
	state := filepath.Join(e.lab.dir, fmt.Sprintf("sync-%s-%d.state.json", e.shape, round))
	return command{args: []string{
		e.lab.program("cdk"), "sync", "--source", e.lab.program("source"),
		"--source-config", e.config, "--destination", e.lab.program("destination-sqlite"),
		"--destination-config", db, "--catalog", e.catalog, "--state", state,
	}}, e.lab.removeTables(round - 1)
}
