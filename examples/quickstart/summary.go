package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/examples/internal/shop"
)

// summary is what a run has come to.
type summary struct {
	streams       []streamTally
	before, after rows
	took          time.Duration // of the sync
	shop          shop.Stats
	dir           string // as the user named it
}

// writeJSON writes the summary for programs, one object in one line.
func (s summary) writeJSON(w io.Writer) error {
	type stream struct {
		Records int64 `json:"records"`
	}
	streams := map[string]stream{}
	for _, t := range s.streams {
		streams[t.id.String()] = stream{t.records}
	}
	return json.NewEncoder(w).Encode(struct {
		Streams map[string]stream `json:"streams"`
		Seconds float64           `json:"seconds"`
	}{streams, float64(s.took.Milliseconds()) / 1000})
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
	read, was := sum(s.streams).records, s.before.sum()
	records, took := plural(read, "record"), secondsText(s.took)
	if was == 0 {
		return fmt.Sprintf("%s in %s.", records, took)
	}
	added := s.after.sum() - was
	replaced := read - added // also what a killed run had loaded and not yet stored the state of
	return fmt.Sprintf("%s since the last run, in %s:\n"+
		"%s rows are new, %s were replaced, %s did not have to be read again.",
		records, took, thousands(added), thousands(replaced), thousands(was-replaced))
}

func (s summary) table(w io.Writer) {
	const row = "%-*s %9s %9s %9s %7s%s\n"
	width := len("all tables")
	for _, r := range s.streams {
		width = max(width, len(r.id.String()))
	}
	fmt.Fprintf(w, row, width, "table", "read", "rows", "bytes", "time", "  state")
	for _, r := range s.streams {
		fmt.Fprintf(w, row, width, r.id, thousands(r.records), thousands(s.after[r.id]),
			bytesText(r.bytes), secondsText(r.took(time.Now())), "  "+r.state)
	}
	all := sum(s.streams)
	fmt.Fprintf(w, row, width, "all tables", thousands(all.records), thousands(s.after.sum()),
		bytesText(all.bytes), secondsText(s.took), "")
}

// trouble says what the source has had to put up with.
func (s summary) trouble(w io.Writer) {
	fmt.Fprintf(w, "The API answered %s.", plural(s.shop.Answered, "request"))
	if s.shop.Refused+s.shop.Failed+s.shop.BrokenOff > 0 {
		fmt.Fprintf(w, " It also\n"+
			"  refused %s that came too fast (429),\n"+
			"  failed %s (500),\n"+
			"  broke off %s in the middle.\n"+
			"The source tried again each time: nothing is missing.",
			plural(s.shop.Refused, "request"), plural(s.shop.Failed, "time"),
			plural(s.shop.BrokenOff, "answer"))
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
