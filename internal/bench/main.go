// Command bench measures what the kit costs beside the least there is to do, and beside Airbyte's
// Python CDK, and writes the results as a page with plots:
//
//	go run ./internal/bench
//	go run ./internal/bench -jobs engine,start -runs 7 -out ""
//
// Each contestant is a process of its own. They take turns, and a ratio is the median of those of
// single rounds, because a machine that others use as well changes its speed by more than they
// differ. CPU time counts user and system time of the process alone.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	jobs   []job
	runs   int
	quick  bool
	python bool
	out    string
}

func parse(args []string, complain io.Writer) (options, error) {
	all := jobs()
	names := strings.Join(each(all, func(j job) string { return j.name }), ",")
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(complain)
	only := flags.String("jobs", names, "what to measure, by `names`")
	flags.IntVar(&o.runs, "runs", 5, "how often each contestant of a case runs")
	flags.BoolVar(&o.quick, "quick", false, "tiny sizes, to see that everything works")
	flags.BoolVar(&o.python, "python", true, "measure the Python CDK, too")
	flags.StringVar(&o.out, "out", "docs/results",
		"the `folder` of the results page; \"\" for none")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q is not expected: jobs are named by -jobs", flags.Arg(0))
	}
	if o.runs < 1 {
		return o, errors.New("-runs: at least one run is needed")
	}
	for name := range strings.SplitSeq(*only, ",") {
		at := slices.IndexFunc(all, func(j job) bool { return j.name == strings.TrimSpace(name) })
		if at < 0 {
			return o, fmt.Errorf("-jobs: there is no job %q; there are %s", name, names)
		}
		o.jobs = append(o.jobs, all[at])
	}
	return o, nil
}

// jobs are all there are, in the order of the page.
func jobs() []job {
	return []job{
		apiJob(), slicesJob(), childrenJob(),
		engineJob(), destinationJob(), syncJob(), startJob(), curvesJob(),
	}
}

func run(ctx context.Context, args []string, out, complain io.Writer) (err error) {
	started := time.Now()
	o, err := parse(args, complain)
	if err != nil {
		return err
	}
	l, err := openLab(ctx, o.quick, o.python, newLog(complain, started))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	p := page{
		when: started.UTC(), machine: machine(), runs: o.runs, quick: o.quick,
		python: l.python.missing, jobs: o.jobs, results: outcome{},
	}
	for _, j := range o.jobs {
		p.results[j.name], err = runJob(ctx, l, j, o.runs, out)
		if err != nil {
			return err
		}
	}
	p.versions, p.took = l.versions(ctx), time.Since(started)
	fmt.Fprintf(out, "\n%s, %s\n\n%s", p.machine, p.took.Round(time.Second),
		targetTable(p.results).markdown())
	if o.out == "" {
		return nil
	}
	return p.write(o.out)
}

// newLog says at the start of each line how many seconds have passed since the command's.
func newLog(to io.Writer, started time.Time) *slog.Logger {
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) > 0 || a.Key != slog.TimeKey {
				return a
			}
			return slog.String("after", a.Value.Time().Sub(started).Round(time.Second).String())
		},
	}))
}

// runJob runs the cases of a job and prints their table.
func runJob(ctx context.Context, l *lab, j job, runs int, out io.Writer) ([]result, error) {
	started := time.Now()
	cases, err := j.cases(ctx, l)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.name, err)
	}
	var results []result
	for i, c := range cases {
		l.log.Info("running", "job", j.name, "case", c.name,
			"number", fmt.Sprintf("%d/%d", i+1, len(cases)))
		r, err := c.run(ctx, runs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", j.name, err)
		}
		results = append(results, r)
	}
	fmt.Fprintf(out, "\n%s (%s)\n\n%s", j.title, time.Since(started).Round(time.Second),
		j.table(results).markdown())
	return results, nil
}
