package main

import (
	"context"
	"fmt"

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
		cases = append(cases, work{name: s.Name, ways: sized(count, loop, full, incremental)})
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

// apiJob is a stream of an API in full.
func apiJob() job {
	return job{
		name: "api", title: "API source, full refresh",
		about: "A process reads pages from a local API, one after the other, and writes the " +
			"records to a pipe whose other end discards them. The bare loop is `net/http`, " +
			"`jsontext` and a buffer of 64 KiB.",
		cases: apiCases,
	}
}

func apiCases(_ context.Context, l *lab) ([]work, error) {
	var cases []work
	for _, s := range rows.Shapes() {
		for _, size := range []int{100, 1000} {
			for _, latency := range []int{0, 50} {
				for _, encoding := range []string{"plain", "gzip"} {
					c, err := apiCase(l, s, size, latency, encoding)
					if err != nil {
						return nil, err
					}
					cases = append(cases, c)
				}
			}
		}
	}
	return cases, nil
}

func apiCase(l *lab, s rows.Shape, size, latency int, encoding string) (work, error) {
	counts := map[string]int{"small": 300_000, "wide": 200_000, "texts": 10_000}
	pages := counts[s.Name] / size
	if latency > 0 {
		pages = min(pages, 15)
	}
	pages = l.size(pages, 2)
	cfg := rows.Config{
		Shape: s.Name, Pages: pages, URL: l.apiURL(s, size, latency, encoding),
	}
	loop, err := l.bareRead(cfg, "full")
	if err != nil {
		return work{}, err
	}
	kit, err := l.read(cfg, "full_refresh", "full")
	name := fmt.Sprintf("%s, %d a page, %d ms, %s", s.Name, size, latency, encoding)
	return work{name: name, ways: sized(pages*size, loop, kit)}, err
}
