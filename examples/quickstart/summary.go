package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/examples/internal/shop"
	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/internal/syncview"
)

// summary is what a run has come to.
type summary struct {
	report        *platform.Report
	before, after rows
	shop          shop.Stats
	dir           string // as the user named it
}

// took is how long the sync has taken.
func (s summary) took() time.Duration {
	return time.Duration(s.report.Seconds * float64(time.Second))
}

// writeJSON writes the summary for programs, one object in one line.
func (s summary) writeJSON(w io.Writer) error {
	type stream struct {
		Records int64 `json:"records"`
	}
	streams := map[string]stream{}
	for i := range s.report.Streams {
		r := &s.report.Streams[i]
		streams[r.Stream.String()] = stream{r.Records}
	}
	return json.NewEncoder(w).Encode(struct {
		Streams map[string]stream `json:"streams"`
		Seconds float64           `json:"seconds"`
	}{streams, float64(s.took().Milliseconds()) / 1000})
}

// write writes the summary for people.
func (s summary) write(w io.Writer) error {
	var b strings.Builder
	b.WriteString("\n" + s.headline() + "\n\n")
	s.table(&b)
	b.WriteString("\n")
	s.trouble(&b)
	s.whatNow(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (s summary) headline() string {
	read, was := s.report.Totals().Records, s.before.sum()
	records, took := syncview.Plural(read, "record"), syncview.Seconds(s.took())
	if was == 0 {
		return fmt.Sprintf("%s in %s.", records, took)
	}
	added := s.after.sum() - was
	replaced := read - added // also what a killed run had loaded and not yet stored the state of
	return fmt.Sprintf("%s since the last run, in %s:\n"+
		"%s rows are new, %s were replaced, %s did not have to be read again.", records, took,
		syncview.Thousands(added), syncview.Thousands(replaced), syncview.Thousands(was-replaced))
}

func (s summary) table(w io.Writer) {
	const row = "%-*s %9s %9s %9s %7s%s\n"
	width := len("all tables")
	for i := range s.report.Streams {
		width = max(width, len(s.report.Streams[i].Stream.String()))
	}
	line := func(name string, r platform.StreamReport, rows int64, state string) {
		took := time.Duration(r.Seconds * float64(time.Second))
		fmt.Fprintf(w, row, width, name, syncview.Thousands(r.Records), syncview.Thousands(rows),
			syncview.Bytes(r.Bytes), syncview.Seconds(took), state)
	}
	fmt.Fprintf(w, row, width, "table", "read", "rows", "bytes", "time", "  state")
	for _, r := range s.report.Streams {
		line(r.Stream.String(), r, s.after[r.Stream], "  "+syncview.ShortState(r.LastState))
	}
	all := s.report.Totals()
	all.Seconds = s.report.Seconds
	line("all tables", all, s.after.sum(), "")
}

// trouble says what the source has had to put up with.
func (s summary) trouble(w io.Writer) {
	fmt.Fprintf(w, "The API answered %s.", syncview.Plural(s.shop.Answered, "request"))
	if s.shop.Refused+s.shop.Failed+s.shop.BrokenOff > 0 {
		fmt.Fprintf(w, " It also\n"+
			"  refused %s that came too fast (429),\n"+
			"  failed %s (500),\n"+
			"  broke off %s in the middle.\n"+
			"The source tried again each time: nothing is missing.",
			syncview.Plural(s.shop.Refused, "request"), syncview.Plural(s.shop.Failed, "time"),
			syncview.Plural(s.shop.BrokenOff, "answer"))
	}
	fmt.Fprintln(w)
}

func (s summary) whatNow(w io.Writer) {
	again := "go run ./examples/quickstart"
	if s.dir != defaultDir {
		again += " -dir " + s.dir
	}
	fmt.Fprintf(w, `
In %[1]s:
  %[2]s       the tables, in SQLite
  state.json    where the next run goes on
  source.log    what the source had to say; destination.log for the destination

To look at the tables:
  %[3]s -query "SELECT status, count(*) FROM orders GROUP BY status"

Next:
  %[3]s                        loads what is new or has changed since
  %[3]s -serve 127.0.0.1:8080  serves the API, to run the source by hand
  examples/source-rest/main.go and examples/destination-sqlite/main.go are the connectors, whole
`, s.dir, tablesFile, again)
}
