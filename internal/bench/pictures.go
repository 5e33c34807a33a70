package main

import (
	"cmp"
	"slices"

	"github.com/airbyte-go/cdk/internal/bench/plot"
)

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
		{"rate-over-size.svg", plot.Chart{
			Title: "Records a second over size", X: records,
			Y: plot.Axis{Label: "records/s"}, Lines: bySize(measured.rate),
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

// steps are the points of a line over time. Single moments would jump, and make large files.
const steps = 60

// memoryOver is the most memory within each step of the time.
func memoryOver(curve []moment) []plot.Point {
	var points []plot.Point
	for part := range slices.Chunk(curve, max(1, len(curve)/steps)) {
		most := slices.MaxFunc(part, func(a, b moment) int { return cmp.Compare(a.now, b.now) })
		points = append(points, plot.Point{
			X: part[len(part)-1].at.Seconds(), Y: float64(most.now) / (1 << 20),
		})
	}
	return points
}

// rateOver is the rate within each step of the time.
func rateOver(curve []moment) []plot.Point {
	step := max(1, len(curve)/steps)
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
