package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

// destinationJob is lines on standard input that become rows of a database.
func destinationJob() job {
	return job{
		name: "destination", title: "Destination",
		about: "RECORD lines on standard input become rows of a typed table: the programs " +
			"destination-sqlite and destination-postgres beside a loop that decodes each line " +
			"with `encoding/json` and inserts 50 rows a statement, or gives them to pgx's " +
			"CopyFrom. The CPU time of a PostgreSQL server is not in the table, and its rate is " +
			"that of both together.",
		cases: destinationCases,
	}
}

func destinationCases(ctx context.Context, l *lab) ([]work, error) {
	var cases []work
	for _, s := range rows.Shapes() {
		c, err := sqliteCase(l, s)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	if err := l.openCluster(ctx); err != nil || l.cluster == nil {
		return cases, err
	}
	for _, s := range rows.Shapes() {
		c, err := postgresCase(l, s)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// openCluster starts PostgreSQL, once, where there is one.
func (l *lab) openCluster(ctx context.Context) error {
	if l.cluster != nil {
		return nil
	}
	started, missing, err := startCluster(ctx)
	if missing != "" {
		l.log.Warn("PostgreSQL is left out: " + missing)
	}
	l.cluster = started
	return err
}

func sqliteCase(l *lab, s rows.Shape) (work, error) {
	count := l.size(loadedRows(s), 100)
	catalog, err := l.catalog(rows.Config{Shape: s.Name}, "full_refresh", "append", "records")
	if err != nil {
		return work{}, err
	}
	lines := linesOf(s, count)
	file := func(round int, way string) string {
		return filepath.Join(l.dir, fmt.Sprintf("%s-%s-%d.db", s.Name, way, round))
	}
	loop := way{name: bare, command: func(round int) (command, error) {
		args := []string{l.program("bare"), "sqlite", file(round, "bare"), s.Name}
		return command{args: args, stdin: lines}, l.removeTables(round - 1)
	}}
	kit := way{name: ours, command: func(round int) (command, error) {
		config, err := l.file(map[string]any{"path": file(round, "kit")})
		args := []string{
			l.program("destination-sqlite"), "write", "--config", config, "--catalog", catalog,
		}
		return command{args: args, stdin: lines}, err
	}}
	return work{name: "SQLite, " + s.Name, ways: sized(count, loop, kit)}, nil
}

// removeTables removes the files of a round that is over.
func (l *lab) removeTables(round int) error {
	files, err := filepath.Glob(filepath.Join(l.dir, fmt.Sprintf("*-%d.db*", round)))
	for _, file := range files {
		err = errors.Join(err, os.Remove(file))
	}
	return err
}

func postgresCase(l *lab, s rows.Shape) (work, error) {
	count := l.size(loadedRows(s), 100)
	cfg := rows.Config{Shape: s.Name}
	// The kit replaces its table in each run, as the loop does.
	catalog, err := l.catalog(cfg, "full_refresh", "overwrite", "kit_"+s.Name)
	if err != nil {
		return work{}, err
	}
	config, err := l.file(map[string]any{
		"host": "127.0.0.1", "port": l.cluster.port, "database": "postgres",
		"username": clusterUser, "ssl_mode": "disable",
	})
	if err != nil {
		return work{}, err
	}
	lines := linesOf(s, count)
	loop := way{name: bare, command: func(int) (command, error) {
		args := []string{l.program("bare"), "postgres", l.cluster.url(), s.Name}
		return command{args: args, stdin: lines}, nil
	}}
	toKit := linesFor("kit_"+s.Name, s, count)
	kit := way{name: ours, command: func(int) (command, error) {
		args := []string{
			l.program("destination-postgres"), "write", "--config", config, "--catalog", catalog,
		}
		return command{args: args, stdin: toKit}, nil
	}}
	return work{name: "PostgreSQL, " + s.Name, ways: sized(count, loop, kit)}, nil
}

// loadedRows are what a database takes in about a second.
func loadedRows(s rows.Shape) int {
	return map[string]int{"small": 150_000, "wide": 60_000, "texts": 3000}[s.Name]
}

func linesOf(s rows.Shape, count int) func(io.Writer) error { return linesFor("records", s, count) }

// linesFor writes the RECORD lines of a stream, and a state at the end. A reader that has ended is
// no error here: it has said itself what went wrong.
func linesFor(stream string, s rows.Shape, count int) func(io.Writer) error {
	return func(w io.Writer) error {
		const size = 64 << 10
		name, err := json.Marshal(stream)
		if err != nil {
			return err
		}
		moment := rows.Start().Format(rows.MomentLayout)
		buffer := make([]byte, 0, size)
		for n := range count {
			buffer = fmt.Appendf(buffer,
				`{"type":"RECORD","record":{"stream":%s,"emitted_at":1704067200000,"data":`, name)
			buffer = append(s.Append(buffer, n, moment), "}}\n"...)
			if len(buffer) < size {
				continue
			}
			if _, err := w.Write(buffer); err != nil {
				return unlessEnded(err)
			}
			buffer = buffer[:0]
		}
		buffer = fmt.Appendf(buffer, `{"type":"STATE","state":{"type":"STREAM","stream":{`+
			`"stream_descriptor":{"name":%s},"stream_state":{"n":%d}}}}`+"\n", name, count)
		_, err = w.Write(buffer)
		return unlessEnded(err)
	}
}

func unlessEnded(err error) error {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}
