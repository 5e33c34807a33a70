package main

import (
	"context"
	"fmt"
	"time"
)

// job is one part of the results: some cases that are read together.
type job struct {
	name  string // as -jobs takes it
	title string
	about string // what is measured, in a sentence or two of Markdown
	// cases are made when the job's turn comes; what is made with them is kept in the lab.
	cases func(ctx context.Context, l *lab) ([]work, error)
}

// work is one case: the same task given to several contestants.
type work struct {
	name string
	runs int // 0 means what the command was told
	ways []way
}

// way is one contestant of a case.
type way struct {
	name    string
	records int64 // what one run must bring; less or more is an error
	// command makes the process of one run.
	command func(run int) (command, error)
	// countsOutput says that the records stand on standard output; else one went in for each.
	countsOutput bool
	// setup is what a process costs before it begins, taken off the CPU time of each run.
	setup time.Duration
}

// The names of contestants that results compare by.
const (
	ours   = "Go CDK"
	bare   = "bare loop"
	python = "Python CDK"
)

// result is a case that was run.
type result struct {
	name string
	ways []measured
}

// measured are the runs of one contestant.
type measured struct {
	name    string
	records int64
	setup   time.Duration
	runs    []usage
}

// work returns the CPU time of a run without the set-up.
func (m measured) work(u usage) float64 {
	return max(u.cpu-m.setup, time.Microsecond).Seconds()
}

// rate is records per second.
func (m measured) rate() float64 {
	return medianOf(m.runs, func(u usage) float64 { return float64(m.records) / u.wall.Seconds() })
}

// cost is CPU seconds per million records.
func (m measured) cost() float64 {
	return medianOf(m.runs, func(u usage) float64 { return m.work(u) / float64(m.records) * 1e6 })
}

// peak is the median of the peaks, in bytes.
func (m measured) peak() float64 {
	return medianOf(m.runs, func(u usage) float64 { return float64(u.peak) })
}

// against compares the records per CPU second of m with those of base: 1 is as good, more is
// better.
func (m measured) against(base measured) float64 {
	ratios := medianRatio(base.runs, m.runs, func(u usage) float64 { return u.cpu.Seconds() })
	if m.setup > 0 || base.setup > 0 {
		return base.cost() / m.cost() // they may differ in their number of records
	}
	return ratios * float64(m.records) / float64(base.records)
}

// faster compares the records per second in the same way.
func (m measured) faster(base measured) float64 {
	if m.records != base.records {
		return m.rate() / base.rate()
	}
	return medianRatio(base.runs, m.runs, func(u usage) float64 { return u.wall.Seconds() })
}

// way finds a contestant.
func (r result) way(name string) (measured, bool) {
	for _, m := range r.ways {
		if m.name == name {
			return m, true
		}
	}
	return measured{}, false
}

// run gives the case to its contestants in turn, and begins each round with another one.
func (w work) run(ctx context.Context, rounds int) (result, error) {
	if w.runs > 0 {
		rounds = w.runs
	}
	r := result{name: w.name}
	for _, way := range w.ways {
		r.ways = append(r.ways, measured{name: way.name, records: way.records, setup: way.setup})
	}
	for round := range rounds {
		for i := range w.ways {
			at := (round + i) % len(w.ways)
			u, err := w.ways[at].run(ctx, round)
			if err != nil {
				return r, fmt.Errorf("%s, %s: %w", w.name, w.ways[at].name, err)
			}
			r.ways[at].runs = append(r.ways[at].runs, u)
		}
	}
	return r, nil
}

func (w way) run(ctx context.Context, round int) (usage, error) {
	c, err := w.command(round)
	if err != nil {
		return usage{}, err
	}
	u, err := measure(ctx, c)
	if err == nil && w.countsOutput && u.records != w.records {
		err = fmt.Errorf("%q wrote %d records instead of %d", c.args, u.records, w.records)
	}
	return u, err
}
