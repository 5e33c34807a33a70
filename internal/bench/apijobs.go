package main

import (
	"context"
	"fmt"

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

// apiJob is a stream of an API in full.
func apiJob() job {
	return job{
		name: "api", title: "API source, full refresh",
		about: "A process reads pages from a local API, one after the other, and writes the " +
			"records to a pipe whose other end discards them. The bare loop is `net/http`, " +
			"`jsontext` and a buffer of 64 KiB. With 50 ms before each answer both wait most " +
			"of the time, so only their rate is compared. The Python CDK reads pages of 1,000, " +
			"plain and at once: its cost is that of its records, and each case of it takes long.",
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
	pages := l.size(manyRecords(s)/size, 2)
	if latency > 0 {
		pages = min(pages, 10)
	}
	cfg := rows.Config{
		Shape: s.Name, Pages: pages, URL: l.apiURL(s, size, latency, encoding),
	}
	loop, err := l.bareRead(cfg, "full")
	if err != nil {
		return work{}, err
	}
	kit, err := l.read(cfg, "full_refresh", "full")
	if err != nil {
		return work{}, err
	}
	c := work{
		name:  fmt.Sprintf("%s, %d a page, %d ms, %s", s.Name, size, latency, encoding),
		ways:  sized(pages*size, loop, kit),
		waits: latency > 0,
	}
	if size < 1000 || latency > 0 || encoding != "plain" {
		return c, nil // a case of the Python kit takes longer than ten of the others
	}
	cfg.Pages = l.size(pythonRecords(s)/size, 1)
	others, err := l.pythonRead(cfg, cfg.Pages*size, "full_refresh", "full")
	c.ways = append(c.ways, others...)
	return c, err
}

// manyRecords are what a Go process reads in about half a second.
func manyRecords(s rows.Shape) int {
	return map[string]int{"small": 300_000, "wide": 200_000, "texts": 10_000}[s.Name]
}

// slicesJob is an incremental stream by slices of time.
func slicesJob() job {
	return job{
		name: "slices", title: "API source, incremental by slices",
		about: "The same API, asked for ten slices of 30 days, 1,000 records a page. Ours reads " +
			"slices at the same time, looks at the cursor of each record and writes states.",
		cases: slicesCases, pythonReads: oursIncremental,
	}
}

func slicesCases(_ context.Context, l *lab) ([]work, error) {
	var cases []work
	for _, s := range rows.Shapes() {
		size := l.size(1000, 100)
		cfg := rows.Config{Shape: s.Name, Slices: 10, URL: l.apiURL(s, size, 0, "plain")}
		cfg.Pages = l.size(manyRecords(s)/size/cfg.Slices, 1)
		count := cfg.Pages * cfg.Slices * size
		loop, err := l.bareRead(cfg, "slices")
		if err != nil {
			return nil, err
		}
		sliced, err := l.read(cfg, "incremental", "slices")
		if err != nil {
			return nil, err
		}
		sliced.name = oursIncremental
		inFull := cfg
		inFull.Pages = cfg.Pages * cfg.Slices
		full, err := l.read(inFull, "full_refresh", "full")
		if err != nil {
			return nil, err
		}
		ways := sized(count, loop, sliced, full)
		fewer := pythonRecords(s) * 3 / 4 // a cursor makes them dearer
		cfg.Pages = l.size(max(2, fewer/size/cfg.Slices), 1)
		others, err := l.pythonRead(cfg, cfg.Pages*cfg.Slices*size, "incremental", "slices")
		if err != nil {
			return nil, err
		}
		cases = append(cases, work{name: s.Name, ways: append(ways, others...)})
	}
	return cases, nil
}

// childrenJob is a stream that is read by the records of another.
func childrenJob() job {
	return job{
		name: "children", title: "API source, parent with children",
		about: "One page of parents, and for each of them one request for a page of as many " +
			"children: 420 of small and wide records, 130 of texts.",
		cases: childrenCases,
	}
}

func childrenCases(_ context.Context, l *lab) ([]work, error) {
	sizes := map[string]int{"small": 420, "wide": 420, "texts": 130}
	var cases []work
	for _, s := range rows.Shapes() {
		size := l.size(sizes[s.Name], 5)
		cfg := rows.Config{Shape: s.Name, URL: l.apiURL(s, size, 0, "plain")}
		loop, err := l.bareRead(cfg, "children")
		if err != nil {
			return nil, err
		}
		kit, err := l.read(cfg, "full_refresh", "children")
		if err != nil {
			return nil, err
		}
		ways := sized(size*size, loop, kit)
		others, err := l.pythonRead(cfg, size*size, "full_refresh", "children")
		if err != nil {
			return nil, err
		}
		cases = append(cases, work{name: s.Name, ways: append(ways, others...)})
	}
	return cases, nil
}
