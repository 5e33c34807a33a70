package main

import (
	"context"

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

// engineJob is what the engine alone costs: records that are there already, written to a pipe.
func engineJob() job {
	return job{
		name: "engine", title: "Engine only",
		about: "A source whose records cost nothing to make writes them to a pipe: ten million " +
			"small or wide ones, 60,000 texts. `incremental` looks at the cursor of each record.",
		cases: engineCases,
	}
}

func engineCases(_ context.Context, l *lab) ([]work, error) {
	counts := map[string]int{"small": 10_000_000, "wide": 10_000_000, "texts": 60_000}
	var cases []work
	for _, s := range rows.Shapes() {
		count := l.size(counts[s.Name], 1000)
		cfg := rows.Config{Shape: s.Name, Count: count}
		loop, err := l.bareRead(cfg, "synthetic")
		if err != nil {
			return nil, err
		}
		full, err := l.read(cfg, "full_refresh", "synthetic")
		if err != nil {
			return nil, err
		}
		incremental, err := l.read(cfg, "incremental", "synthetic_cursor")
		if err != nil {
			return nil, err
		}
		incremental.name = oursIncremental
		ways := sized(count, loop, full, incremental)
		cfg.Count = l.size(pythonSynthetic(s), 100)
		others, err := l.pythonRead(cfg, cfg.Count, "full_refresh", "synthetic")
		if err != nil {
			return nil, err
		}
		cases = append(cases, work{name: s.Name, ways: append(ways, others...)})
	}
	return cases, nil
}

// oursIncremental is our source with a cursor.
const oursIncremental = ours + ", incremental"

// sized says how many records each way brings.
func sized(count int, ways ...way) []way {
	for i := range ways {
		ways[i].records = int64(count)
	}
	return ways
}
