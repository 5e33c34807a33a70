package main

import (
	"context"

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

// startJob is from the start of a process to its end.
func startJob() job {
	return job{
		name: "start", title: "Start-up",
		about: "`spec`, and `check` of a config whose API answers at once, from the start of " +
			"the process to its exit. 20 runs.",
		cases: startCases,
		kind:  spans,
	}
}

func startCases(_ context.Context, l *lab) ([]work, error) {
	shape := rows.Shapes()[0]
	cfg := rows.Config{
		Shape: shape.Name, Pages: 1, URL: l.apiURL(shape, 10, 0, "plain"),
	}
	config, err := l.file(cfg)
	if err != nil {
		return nil, err
	}
	var cases []work
	for _, verb := range [][]string{{"spec"}, {"check", "--config", config}} {
		ways := []way{l.start(ours, append([]string{l.program("source")}, verb...))}
		if l.python.missing == "" {
			ways = append(ways, l.start(python, append(l.python.program, verb...)))
		}
		cases = append(cases, work{name: verb[0], runs: l.size(20, 2), ways: ways})
	}
	return cases, nil
}

func (*lab) start(name string, args []string) way {
	return way{name: name, records: 1, command: func(int) (command, error) {
		return command{args: args}, nil
	}}
}
