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
	how := ""
	if p.quick {
		how = " with `-quick`, so the numbers mean nothing"
	}
	const text = "# Results\n\n" +
		"Written by `go run ./internal/bench`%s, on %s, in %s. Do not edit.\n\n" +
		"- Machine: %s\n- Versions: %s\n\n" +
		"To repeat it, with the same or other jobs:\n\n" +
		"```sh\ngo run ./internal/bench\ngo run ./internal/bench -jobs engine -out \"\"\n```\n\n"
	return fmt.Sprintf(text, how, p.when.Format("2 January 2006"), p.took.Round(time.Second),
		p.machine, strings.Join(p.versions, ", "))
}

// reading says what the columns are.
func (p page) reading() string {
	text := fmt.Sprintf("## How to read it\n\n"+
		"Each contestant is a process of its own. They take turns, %s each where the page does "+
		"not say otherwise. A number is the median; x compares with the bare loop, or with the "+
		"plain pipe: the median of the ratios of single rounds, more is better. CPU time is user "+
		"and system time of the process alone, from its start to its end. Allocations are "+
		"objects for 1,000 records, counted by the program itself in one run more, which is not "+
		"timed; a dash stands where it cannot count them. Small records have 5 columns and about "+
		"110 bytes, wide ones 20 and 500, texts 10 to 50 KB.\n\n", runs(p.runs))
	if p.python != "" {
		text += fmt.Sprintf("The Python CDK was left out: %s.\n\n", p.python)
	}
	return text
}

func runs(n int) string {
	if n == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", n)
}

// besidePython says how the Python kit was treated.
func (p page) besidePython() string {
	return fmt.Sprintf("Both are given the same task. Python reads fewer records where it would "+
		"take too long, but for about four seconds of CPU time and more, in %s; so rates are "+
		"compared. What a Python process takes to start, the time of `spec`, is taken off its "+
		"wall and CPU time; nothing is taken off ours. x is how many records ours reads in the "+
		"time in which Python reads one; CPU time is that of the whole process. The bare loop "+
		"shows what is to be had.\n",
		runs(min(p.runs, pythonRounds)))
}
