package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// page is the results as a document with pictures.
type page struct {
	when    time.Time
	machine string
	runs    int
	quick   bool
	python  string // why it is missing, or ""
	jobs    []job
	results outcome

	versions []string
	took     time.Duration
}

// write writes README.md and its pictures into a folder.
func (p page) write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // documents are for all
		return err
	}
	var failed []error
	pictures := p.pictures()
	for _, pic := range pictures {
		name := filepath.Join(folder, pic.file)
		failed = append(failed, writeDocument(name, pic.chart.SVG()))
	}
	text := p.markdown(pictures)
	return errors.Join(append(failed,
		writeDocument(filepath.Join(folder, "README.md"), []byte(text)))...)
}

func writeDocument(name string, text []byte) error {
	return os.WriteFile(name, text, 0o644) //nolint:gosec // documents are for all
}

func (p page) markdown(pictures []picture) string {
	var b strings.Builder
	b.WriteString(p.head())
	b.WriteString(p.reading())
	if t := targetTable(p.results); len(t.rows) > 0 {
		fmt.Fprintf(&b, "## Promises\n\nEach case of a job must keep the limit. The worst case is "+
			"the one that is nearest to breaking it, or furthest behind.\n\n%s\n", t.markdown())
	}
	if t := pythonTable(p.jobs, p.results); len(t.rows) > 0 {
		fmt.Fprintf(&b, "## Beside the Python CDK\n\n%s\n%s\n", p.besidePython(), t.markdown())
	}
	for _, j := range p.jobs {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n%s\n", j.title, j.about,
			j.table(p.results[j.name]).markdown())
	}
	for _, pic := range pictures {
		fmt.Fprintf(&b, "![%s](%s)\n\n", pic.chart.Title, pic.file)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// head says when, where and of what the page is, and how to make another.
func (p page) head() string {
	var b strings.Builder
	b.WriteString("# Results\n\nWritten by `go run ./internal/bench`")
	if p.quick {
		b.WriteString(" with `-quick`, so the numbers mean nothing")
	}
	fmt.Fprintf(&b, ", on %s, in %s. Do not edit.\n\n",
		p.when.Format("2 January 2006"), p.took.Round(time.Second))
	fmt.Fprintf(&b, "| | |\n| --- | --- |\n| machine | %s |\n| versions | %s |\n\n",
		p.machine, strings.Join(p.versions, ", "))
	b.WriteString("To repeat it, with the same or other jobs:\n\n```sh\ngo run ./internal/bench\n" +
		"go run ./internal/bench -jobs engine -out \"\"\n```\n\n")
	return b.String()
}

// reading says what the columns are.
func (p page) reading() string {
	var b strings.Builder
	b.WriteString("## How to read it\n\n")
	fmt.Fprintf(&b, "Each contestant is a process of its own; they take turns in %d rounds. A "+
		"number is the median, and x compares with the bare loop: the median of the ratios of "+
		"single rounds, more is better. CPU time is user and system time of the process alone, "+
		"from its start to its end. Allocations are objects for 1,000 records, counted by the "+
		"program itself in one run more, which is not timed; a dash stands where a program "+
		"cannot count them. Small records have 5 columns and about 110 bytes, wide ones 20 and "+
		"500, texts 10 to 50 KB.\n\n", p.runs)
	if p.python != "" {
		fmt.Fprintf(&b, "The Python CDK was left out: %s.\n\n", p.python)
	}
	return b.String()
}

// besidePython says how the Python kit was treated.
func (p page) besidePython() string {
	return fmt.Sprintf("The same task, given to both. Python runs in %d rounds, and reads fewer "+
		"records where it would take too long: four seconds of CPU time and more, so rates are "+
		"compared. The time that its process takes to start, as measured with `spec`, is taken "+
		"off the times of Python and of no other contestant. x is how many times the records "+
		"of Python ours are, by time and by CPU time of the whole process.\n",
		min(p.runs, pythonRounds))
}
