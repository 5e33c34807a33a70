package main

import (
	"fmt"
	"math"
	"slices"
)

// outcome is all that was measured: the results of the jobs that ran.
type outcome map[string][]result

// target is a promise that the results keep or break.
type target struct {
	text  string
	limit float64
	above bool // whether the value must not be less than the limit; else it must not be more
	// values are what is held against the limit: each of them must keep it.
	values func(o outcome) []float64
}

// isMet tells whether all values keep the promise.
func (t target) isMet(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool {
		return t.above && v < t.limit || !t.above && v > t.limit
	})
}

// worst is the value that is nearest to breaking the promise, or furthest behind it.
func (t target) worst(values []float64) float64 {
	if t.above {
		return slices.Min(values)
	}
	return slices.Max(values)
}

func targets() []target {
	return []target{
		{
			text: "API source: records per CPU second against the bare loop", limit: 0.8,
			above: true,
			values: func(o outcome) []float64 {
				return o.against(bare, "api", "slices", "children")
			},
		},
		{
			text: "API source: records per CPU second against the Python CDK", limit: 50,
			above: true,
			values: func(o outcome) []float64 {
				return o.against(python, "api", "slices", "children")
			},
		},
		{
			text: "Engine: cost of incremental against full refresh", limit: 1.45,
			values: func(o outcome) []float64 { return o.against(oursIncremental, "engine") },
		},
		{
			text: "API source: cost of incremental against full refresh", limit: 1.2,
			values: func(o outcome) []float64 { return o.against(oursIncremental, "slices") },
		},
		{
			text: "Destination: records per CPU second against the bare loop", limit: 0.8,
			above:  true,
			values: func(o outcome) []float64 { return o.against(bare, "destination") },
		},
		{
			text: "`spec`: milliseconds", limit: 10,
			values: func(o outcome) []float64 { return o.span("start", "spec") },
		},
		{
			text: "Memory: the largest size against the smallest", limit: 1.25,
			values: func(o outcome) []float64 { return o.growth(measured.peak) },
		},
		{
			text: "Cost of a record: the largest size against the smallest", limit: 1.25,
			values: func(o outcome) []float64 { return o.growth(measured.cost) },
		},
	}
}

// against holds ours against another contestant in each case of some jobs, by records per CPU
// second.
func (o outcome) against(name string, jobs ...string) []float64 {
	var values []float64
	for _, job := range jobs {
		for _, r := range o[job] {
			m, ok := r.way(ours)
			other, both := r.way(name)
			if !ok || !both || r.waits {
				continue
			}
			if v := m.against(other); v > 0 {
				values = append(values, v)
			}
		}
	}
	return values
}

// span is how many milliseconds our process takes in a case.
func (o outcome) span(job, name string) []float64 {
	for _, r := range o[job] {
		if m, ok := r.way(ours); ok && r.name == name {
			return []float64{medianOf(m.runs, m.wall) * 1000}
		}
	}
	return nil
}

// growth compares the ends of each series over size.
func (o outcome) growth(number func(measured) float64) []float64 {
	var values []float64
	for _, s := range o.series() {
		var known []float64
		for _, r := range s.results {
			if v := number(r.ways[0]); v > 0 {
				known = append(known, v)
			}
		}
		if len(known) > 1 {
			values = append(values, known[len(known)-1]/known[0])
		}
	}
	return values
}

// series are the cases that differ in their size alone, the smallest first.
type series struct {
	name    string
	results []result
}

func (o outcome) series() []series {
	var all []series
	for _, r := range o["curves"] {
		at := slices.IndexFunc(all, func(s series) bool { return s.name == r.series })
		if at < 0 {
			at = len(all)
			all = append(all, series{name: r.series})
		}
		all[at].results = append(all[at].results, r)
	}
	return all
}

// targetTable shows each promise with the value that is nearest to breaking it.
func targetTable(o outcome) *table {
	t := &table{head: []string{"promise", "", "limit", "median", "worst"}}
	for _, target := range targets() {
		values := target.values(o)
		if len(values) == 0 {
			continue
		}
		kept := "kept"
		if !target.isMet(values) {
			kept = "**missed**"
		}
		sign := "<="
		if target.above {
			sign = ">="
		}
		t.add(target.text, kept, fmt.Sprintf("%s %g", sign, target.limit),
			number(median(values)), number(math.Abs(target.worst(values))))
	}
	return t
}
