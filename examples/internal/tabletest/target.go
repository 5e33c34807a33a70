// Package tabletest holds the tests that every destination on sqltable must pass, whatever its
// database: those of all destinations ([Accept], [Crash]), and those of tables ([Conformance]).
package tabletest

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/destinations/sqltable"
	"github.com/airbyte-go/cdk/protocol"
)

// Target is a destination with an empty database.
type Target struct {
	DB      *sql.DB          // to look at what was written
	Dialect sqltable.Dialect // the destination's
	Schema  string           // of streams without a namespace; empty where there are none
	Config  string           // the destination's, JSON
	URL     string           // of the database, where it has one

	run func(ctx context.Context, args []string, in io.Reader, out, log io.Writer) int
}

// Of makes a target of a destination.
func Of[C any](d destinations.Destination[C], target Target) *Target {
	target.run = func(ctx context.Context, args []string, in io.Reader, out, log io.Writer) int {
		p := destinations.Process{Args: args, In: in, Out: out, Err: log}
		return destinations.Run(ctx, d, p)
	}
	return &target
}

// Outcome is what a write said.
type Outcome struct {
	Code   int
	States []string // the data of the states, in their order
	Errors []string // the messages of ERROR traces
	Output string   // everything
}

// Write runs the destination on the lines.
func (x *Target) Write(
	tb testing.TB, streams []protocol.ConfiguredStream, lines ...string,
) Outcome {
	tb.Helper()
	return x.WriteFrom(tb, streams, strings.NewReader(strings.Join(lines, "")))
}

// WriteFrom runs the destination on what it reads from in.
func (x *Target) WriteFrom(
	tb testing.TB, streams []protocol.ConfiguredStream, in io.Reader,
) Outcome {
	tb.Helper()
	dir := tb.TempDir()
	var out, log bytes.Buffer
	code := x.run(tb.Context(), []string{
		"write", "--config", File(tb, dir, "config.json", []byte(x.Config)),
		"--catalog", File(tb, dir, "catalog.json", Catalog(tb, streams)),
	}, in, &out, &log)
	return ParseOutcome(tb, code, out.String())
}

// Check runs the destination's check and returns its answer, and whether it is yes.
func (x *Target) Check(tb testing.TB) (answer string, ok bool) {
	tb.Helper()
	var out, log bytes.Buffer
	config := File(tb, tb.TempDir(), "config.json", []byte(x.Config))
	x.run(tb.Context(), []string{"check", "--config", config}, strings.NewReader(""), &out, &log)
	return out.String(), strings.Contains(out.String(), `"SUCCEEDED"`)
}

// Catalog returns the file of a configured catalog.
func Catalog(tb testing.TB, streams []protocol.ConfiguredStream) []byte {
	tb.Helper()
	data, err := json.Marshal(protocol.ConfiguredCatalog{Streams: streams})
	require.NoError(tb, err)
	return data
}

// File writes a file and returns its path.
func File(tb testing.TB, dir, name string, data []byte) string {
	tb.Helper()
	path := filepath.Join(dir, name)
	require.NoError(tb, os.WriteFile(path, data, 0o600))
	return path
}

// ParseOutcome reads what a destination wrote.
func ParseOutcome(tb testing.TB, code int, output string) Outcome {
	tb.Helper()
	o := Outcome{Code: code, Output: output}
	for line := range strings.Lines(output) {
		var m struct {
			State *struct {
				Stream struct {
					State json.RawMessage `json:"stream_state"`
				} `json:"stream"`
			} `json:"state"`
			Trace *struct {
				Error *struct {
					Message string `json:"message"`
				} `json:"error"`
			} `json:"trace"`
		}
		if json.Unmarshal([]byte(line), &m) != nil {
			continue // the last line of a process that was killed
		}
		if m.State != nil {
			o.States = append(o.States, string(m.State.Stream.State))
		}
		if m.Trace != nil && m.Trace.Error != nil {
			o.Errors = append(o.Errors, m.Trace.Error.Message)
		}
	}
	return o
}

// Succeeds fails the test unless the write succeeded.
func (o Outcome) Succeeds(tb testing.TB) {
	tb.Helper()
	require.Zero(tb, o.Code, o.Output)
}

// Fails fails the test unless the write failed with all the words in a message.
func (o Outcome) Fails(tb testing.TB, words ...string) {
	tb.Helper()
	require.NotZero(tb, o.Code, o.Output)
	said := strings.Join(o.Errors, "\n")
	for _, word := range words {
		require.Contains(tb, said, word, o.Output)
	}
}

// Table returns the quoted name of a table; the namespace may be empty.
func (x *Target) Table(namespace, name string) string {
	d := x.Dialect
	switch {
	case d.Rules().NoSchemas && namespace != "":
		return d.Quote(namespace + "_" + name)
	case d.Rules().NoSchemas:
		return d.Quote(name)
	case namespace == "":
		namespace = x.Schema
	}
	return d.Quote(namespace) + "." + d.Quote(name)
}

// Rows returns some columns of a table as text, in the order of the rows' own text. Null is "-".
func (x *Target) Rows(tb testing.TB, table string, columns ...string) []string {
	tb.Helper()
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = "COALESCE(CAST(" + x.Dialect.Quote(c) + " AS TEXT), '-')"
	}
	list := strings.Join(texts, " || ' ' || ")
	return x.texts(tb, "SELECT "+list+" AS r FROM "+table+" ORDER BY r")
}

// tables returns the names of all tables of the schema.
func (x *Target) tables(tb testing.TB) []string {
	tb.Helper()
	query, args := x.Dialect.Tables(x.Schema)
	return x.texts(tb, query, args...)
}

// texts runs a query for one column of text. The answer is not nil.
func (x *Target) texts(tb testing.TB, query string, args ...any) []string {
	tb.Helper()
	rows, err := x.DB.QueryContext(tb.Context(), query, args...)
	require.NoError(tb, err)
	defer rows.Close()
	found := []string{}
	for rows.Next() {
		var text string
		require.NoError(tb, rows.Scan(&text))
		found = append(found, text)
	}
	require.NoError(tb, rows.Err())
	return found
}

// Columns returns the columns of a table, as "name type".
func (x *Target) Columns(tb testing.TB, name string) []string {
	tb.Helper()
	query, args := x.Dialect.Columns(x.Schema, name)
	rows, err := x.DB.QueryContext(tb.Context(), query, args...)
	require.NoError(tb, err)
	defer rows.Close()
	var found []string
	for rows.Next() {
		var column, typ string
		require.NoError(tb, rows.Scan(&column, &typ))
		found = append(found, column+" "+typ)
	}
	require.NoError(tb, rows.Err())
	return found
}

// Leftovers returns the tables of the schema that should be gone after a sync.
func (x *Target) Leftovers(tb testing.TB) []string {
	tb.Helper()
	var found []string
	for _, name := range x.tables(tb) {
		if strings.HasPrefix(name, "_airbyte_") && !strings.HasPrefix(name, "_airbyte_key_") {
			found = append(found, name)
		}
	}
	return found
}

// Exec runs a statement on the database.
func (x *Target) Exec(tb testing.TB, statement string, args ...any) {
	tb.Helper()
	_, err := x.DB.ExecContext(tb.Context(), statement, args...)
	require.NoError(tb, err, statement)
}

// quoteJSON returns a text as JSON.
func quoteJSON(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		return fmt.Sprintf("%q", text)
	}
	return string(data)
}
