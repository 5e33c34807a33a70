package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// outcome is all that was measured: the results of the jobs that ran.
type outcome map[string][]result

// target is a promise that the results keep or break.
type target struct {
	text  string
	limit float64
	above bool // whether the value must not be less than the limit; else it must not be more
	// values are what is held against the limit: each of them must keep it.
	values func(o outcome) []value
}

// value is a number that a promise is about, and the case that it comes from.
type value struct {
	number float64
	of     string
}

func (v value) compare(other value) int { return cmp.Compare(v.number, other.number) }

// isMet tells whether all values keep the promise.
func (t target) isMet(values []value) bool {
	return !slices.ContainsFunc(values, func(v value) bool {
		return t.above && v.number < t.limit || !t.above && v.number > t.limit
	})
}

// worst is the value that is nearest to breaking the promise, or furthest behind it.
func (t target) worst(values []value) value {
	if t.above {
		return slices.MinFunc(values, value.compare)
	}
	return slices.MaxFunc(values, value.compare)
}

func targets() []target {
	return []target{
		{
			text: "API source: records per CPU second against the bare loop", limit: 0.8,
			above: true,
			values: func(o outcome) []value {
				return append(o.against(bare, ours, "api", "slices", "children"),
					o.against(bare, oursIncremental, "slices")...)
			},
		},
		{
			text: "API source: records per CPU second against the Python CDK", limit: 50,
			above: true,
			values: func(o outcome) []value {
				return append(o.against(python, ours, "api", "children"),
					o.against(python, oursIncremental, "slices")...)
			},
		},
		{
			text: "Engine: cost of incremental against full refresh", limit: 1.45,
			values: func(o outcome) []value { return o.against(oursIncremental, ours, "engine") },
		},
		{
			text: "API source: cost of incremental against full refresh", limit: 1.2,
			values: func(o outcome) []value { return o.against(oursIncremental, ours, "slices") },
		},
		{
			text: "Destination: records per CPU second against the bare loop", limit: 0.8,
			above:  true,
			values: func(o outcome) []value { return o.against(bare, ours, "destination") },
		},
		{
			text: "`spec`: milliseconds", limit: 10,
			values: func(o outcome) []value { return o.span("start", "spec") },
		},
		{
			text: "Memory: the largest size against the smallest", limit: 1.25,
			values: func(o outcome) []value { return o.growth(measured.peak) },
		},
		{
			text: "Cost of a record: the largest size against the smallest", limit: 1.25,
			values: func(o outcome) []value { return o.growth(measured.cost) },
		},
	}
}

// against holds a contestant against the one called base in each case of some jobs, by records per
// CPU second.
func (o outcome) against(base, name string, jobs ...string) []value {
	var values []value
	for _, job := range jobs {
		for _, r := range o[job] {
			m, ok := r.way(name)
			other, both := r.way(base)
			if !ok || !both || r.waits {
				continue
			}
			if v := m.against(other); v > 0 {
				values = append(values, value{v, caseOf(job, r.name, name)})
			}
		}
	}
	return values
}

// caseOf names a case, and the contestant where it is not the usual one.
func caseOf(job, name, way string) string {
	return job + ": " + name + strings.TrimPrefix(way, ours)
}

// span is how many milliseconds our process takes in a case.
func (o outcome) span(job, name string) []value {
	for _, r := range o[job] {
		if m, ok := r.way(ours); ok && r.name == name {
			return []value{{medianOf(m.runs, m.wall) * 1000, caseOf(job, name, ours)}}
		}
	}
	return nil
}

// growth compares the ends of each series over size.
func (o outcome) growth(number func(measured) float64) []value {
	var values []value
	for _, s := range o.series() {
		var known []float64
		for _, r := range s.results {
			if v := number(r.ways[0]); v > 0 {
				known = append(known, v)
			}
		}
		if len(known) > 1 {
			grown := known[len(known)-1] / known[0]
			values = append(values, value{grown, caseOf("curves", s.name, ours)})
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
	t := &table{head: []string{"promise", "worst case", "limit", "median", "worst", ""}}
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
		worst := target.worst(values)
		middle := medianOf(values, func(v value) float64 { return v.number })
		t.add(target.text, worst.of, fmt.Sprintf("%s %g", sign, target.limit),
			number(middle), number(worst.number), kept)
	}
	return t
}
