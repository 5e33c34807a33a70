package main

import (
	"context"
	"fmt"
	"time"

	"github.com/airbyte-go/cdk/internal/bench/mallocs"
)

// job is one part of the results: some cases that are read together.
type job struct {
	name  string // as -jobs takes it
	title string
	about string // what is measured, in a sentence or two of Markdown
	// cases are made when the job's turn comes; what is made with them is kept in the lab.
	cases func(ctx context.Context, l *lab) ([]work, error)
	kind  kind
	// pythonReads is the contestant that does what the Python kit does; "" means ours.
	pythonReads string
}

// kind is what the table of a job shows.
type kind int

const (
	rates kind = iota // records and their cost
	spans             // how long a process takes
)

// table shows the results of the job.
func (j job) table(results []result) *table {
	if j.kind == spans {
		return spansOf(results)
	}
	return tableOf(results)
}

// work is one case: the same task given to several contestants.
type work struct {
	name string
	runs int // 0 means what the command was told
	ways []way
	// waits says that the process mostly waits, so that its CPU time is that of its start.
	waits bool
	// series and size place the case in the plots over size; "" leaves it out.
	series string
	size   int
}

// way is one contestant of a case.
type way struct {
	name    string
	records int64 // what one run must bring; less or more is an error
	// command makes the process of one run.
	command func(run int) (command, error)
	// countsOutput says that the records stand on standard output; else one went in for each.
	countsOutput bool
	// rounds are those in which it takes part, the first ones; 0 means all.
	rounds int
	// limit is the longest that a run may take; 0 means two minutes.
	limit time.Duration
	// setup is what a process takes before it begins; it is taken off the times of each run.
	setup usage
	// mallocs is where the program writes how many objects it allocated; "" where it cannot.
	mallocs string
}

// The names of contestants that results compare by.
const (
	ours      = "Go CDK"
	bare      = "bare loop"
	plainPipe = "plain pipe"
	python    = "Python CDK"
)

// result is a case that was run.
type result struct {
	work
	ways []measured
}

// startOf is the median of some runs of a process that does nothing but start. The first one is
// not counted, for it may have to read the program from the disk.
func (l *lab) startOf(ctx context.Context, args []string) (usage, error) {
	var walls, cpus []int64
	for i := range l.size(6, 2) {
		u, err := measure(ctx, command{args: args})
		if err != nil {
			return usage{}, err
		}
		if i > 0 {
			walls, cpus = append(walls, int64(u.wall)), append(cpus, int64(u.cpu))
		}
	}
	return usage{wall: time.Duration(median(walls)), cpu: time.Duration(median(cpus))}, nil
}

// measured are the runs of one contestant.
type measured struct {
	name    string
	records int64
	setup   usage
	runs    []usage
	mallocs int64 // objects that one run allocated; 0 where unknown
}

// cpu is the CPU time of a run without the set-up, in seconds. It is 0, for unknown, where the
// set-up is nearly all there is.
func (m measured) cpu(u usage) float64 { return beyond(u.cpu, m.setup.cpu) }

// wall is the time that a run took, in the same way.
func (m measured) wall(u usage) float64 { return beyond(u.wall, m.setup.wall) }

func beyond(all, setup time.Duration) float64 {
	if left := all - setup; left > setup/4 {
		return left.Seconds()
	}
	return 0
}

// rate is records per second.
func (m measured) rate() float64 {
	return over(float64(m.records), medianOf(m.runs, m.wall))
}

// cost is CPU seconds per million records.
func (m measured) cost() float64 {
	return medianOf(m.runs, m.cpu) / float64(m.records) * 1e6
}

// allocations are objects per thousand records.
func (m measured) allocations() float64 { return over(float64(m.mallocs)*1000, float64(m.records)) }

// peak is the median of the peaks, in bytes.
func (m measured) peak() float64 {
	return medianOf(m.runs, func(u usage) float64 { return float64(u.peak) })
}

// against compares the records per CPU second of m with those of base: 1 is as good, more is
// better, 0 is unknown. Where both read the same records, rounds are compared one by one.
func (m measured) against(base measured) float64 {
	if m.records != base.records {
		return over(base.cost(), m.cost())
	}
	return over(1, medianRatio(m.runs, base.runs, m.cpu, base.cpu))
}

// faster compares the records per second in the same way.
func (m measured) faster(base measured) float64 {
	if m.records != base.records {
		return over(m.rate(), base.rate())
	}
	return over(1, medianRatio(m.runs, base.runs, m.wall, base.wall))
}

// over divides; what is divided by the unknown is unknown.
func over(x, y float64) float64 {
	if y <= 0 {
		return 0
	}
	return x / y
}

// base is the contestant that does the least there is to do, or nil.
func (r result) base() *measured {
	for i, m := range r.ways {
		if m.name == bare || m.name == plainPipe {
			return &r.ways[i]
		}
	}
	return nil
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
	r := result{work: w}
	for _, way := range w.ways {
		r.ways = append(r.ways, measured{name: way.name, records: way.records, setup: way.setup})
	}
	for round := range rounds {
		for i := range w.ways {
			at := (round + i) % len(w.ways)
			if most := w.ways[at].rounds; most > 0 && round >= most {
				continue
			}
			u, err := w.ways[at].run(ctx, round)
			if err != nil {
				return r, fmt.Errorf("%s, %s: %w", w.name, w.ways[at].name, err)
			}
			r.ways[at].runs = append(r.ways[at].runs, u)
		}
	}
	return r, r.countMallocs(ctx)
}

// countMallocs has each contestant that can do so count what it allocates, in a run that is not
// timed.
func (r *result) countMallocs(ctx context.Context) error {
	if r.waits {
		return nil // it reads so little that its start would be most of it
	}
	for i, way := range r.work.ways {
		if way.mallocs == "" {
			continue
		}
		if _, err := way.run(ctx, 0, mallocs.Variable+"="+way.mallocs); err != nil {
			return fmt.Errorf("%s, %s: %w", r.name, way.name, err)
		}
		count, err := mallocs.Read(way.mallocs)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", r.name, way.name, err)
		}
		r.ways[i].mallocs = count
	}
	return nil
}

// run runs the process of one round, with more in its environment.
func (w way) run(ctx context.Context, round int, environment ...string) (usage, error) {
	c, err := w.command(round)
	if err != nil {
		return usage{}, err
	}
	c.environment, c.limit = environment, w.limit
	u, err := measure(ctx, c)
	if err == nil && w.countsOutput && u.records != w.records {
		err = fmt.Errorf("%q wrote %d records instead of %d", c.args, u.records, w.records)
	}
	return u, err
}
