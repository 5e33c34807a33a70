package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/bench/plot"
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
	b.WriteString("# Results\n\nWritten by `go run ./internal/bench`")
	if p.quick {
		b.WriteString(" with `-quick`, so the numbers mean nothing")
	}
	fmt.Fprintf(&b, ", on %s. Do not edit.\n\n", p.when.Format("2 January 2006"))
	fmt.Fprintf(&b, "%s.\n\n", p.machine)
	fmt.Fprintf(&b, "Each contestant is a process of its own; they take turns in %d rounds. A "+
		"number is the median, and x compares with the bare loop: the median of the ratios of "+
		"single rounds, more is better. CPU time is user and system time of the process alone. "+
		"Small records have 5 columns and about 110 bytes, wide ones 20 and 500, "+
		"texts 10 to 50 KB.\n\n", p.runs)
	if p.python != "" {
		fmt.Fprintf(&b, "The Python CDK was left out: %s.\n\n", p.python)
	} else {
		fmt.Fprintf(&b, "The Python CDK (%s) reads fewer records, and what it takes to start is "+
			"taken off its times.\n\n", pythonVersion)
	}
	b.WriteString("To repeat it, with the same or other jobs:\n\n```sh\ngo run ./internal/bench\n" +
		"go run ./internal/bench -jobs engine -out \"\"\n```\n\n")
	if t := targetTable(p.results); len(t.rows) > 0 {
		fmt.Fprintf(&b, "## Promises\n\n%s\n", t.markdown())
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

// picture is a chart in a file.
type picture struct {
	file  string
	chart plot.Chart
}

// pictures are over size and, of the longest run, over time.
func (p page) pictures() []picture {
	all := p.results.series()
	if len(all) == 0 {
		return nil
	}
	records := plot.Axis{Label: "records", Log: true}
	bySize := func(number func(measured) float64) (lines []plot.Line) {
		for _, s := range all {
			line := plot.Line{Name: s.name}
			for _, r := range s.results {
				if v := number(r.ways[0]); v > 0 {
					line.Points = append(line.Points, plot.Point{X: float64(r.size), Y: v})
				}
			}
			lines = append(lines, line)
		}
		return lines
	}
	pictures := []picture{
		{"memory-over-size.svg", plot.Chart{
			Title: "Peak memory over size", X: records, Y: plot.Axis{Label: "MiB"},
			Lines: bySize(func(m measured) float64 { return m.peak() / (1 << 20) }),
		}},
		{"cost-over-size.svg", plot.Chart{
			Title: "Cost of a record over size", X: records,
			Y: plot.Axis{Label: "CPU microseconds a record"}, Lines: bySize(measured.cost),
		}},
	}
	var memory, rate []plot.Line
	for _, s := range all {
		if s.name == engineSeries || s.name == apiSeries {
			curve := s.results[len(s.results)-1].ways[0].runs[0].curve
			memory = append(memory, plot.Line{Name: s.name, Points: memoryOver(curve)})
			rate = append(rate, plot.Line{Name: s.name, Points: rateOver(curve)})
		}
	}
	seconds := plot.Axis{Label: "seconds since the start"}
	return append(pictures,
		picture{"memory-over-time.svg", plot.Chart{
			Title: "Memory over time, longest runs", X: seconds, Y: plot.Axis{Label: "MiB"},
			Lines: memory,
		}},
		picture{"rate-over-time.svg", plot.Chart{
			Title: "Records over time, longest runs", X: seconds,
			Y: plot.Axis{Label: "records/s"}, Lines: rate,
		}})
}

func memoryOver(curve []moment) []plot.Point {
	return each(curve, func(m moment) plot.Point {
		return plot.Point{X: m.at.Seconds(), Y: float64(m.now) / (1 << 20)}
	})
}

// rateOver is the rate within each fiftieth of the time: single moments would jump.
func rateOver(curve []moment) []plot.Point {
	step := max(1, len(curve)/50)
	var points []plot.Point
	for i := step; i < len(curve); i += step {
		from, to := curve[i-step], curve[i]
		if span := (to.at - from.at).Seconds(); span > 0 {
			rate := float64(to.records-from.records) / span
			points = append(points, plot.Point{X: to.at.Seconds(), Y: rate})
		}
	}
	return points
}

// machine names what everything ran on.
func machine() string {
	name := runtime.GOOS + "/" + runtime.GOARCH
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if model := cpuModel(info); model != "" {
			name = model + ", " + name
		}
	}
	return fmt.Sprintf("%d cores of %s, %s", runtime.NumCPU(), name, runtime.Version())
}

// cpuModel finds the line of Linux's cpuinfo that names the processor.
func cpuModel(info []byte) string {
	for line := range bytes.Lines(info) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if string(bytes.TrimSpace(name)) == "model name" {
			return string(bytes.TrimSpace(value))
		}
	}
	return ""
}
