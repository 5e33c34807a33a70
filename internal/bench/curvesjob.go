package main

import (
	"context"
	"fmt"
	"time"

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

// curvesJob is what grows, and what must not, with the size of a sync.
func curvesJob() job {
	return job{
		name: "curves", title: "Over size",
		about: "The engine with a cursor over ten thousand to ten million wide records, the API " +
			"source over as many small ones, a million wide ones in 100 streams, and 10,000 to " +
			"100,000 partitions of ten, which the source makes as it goes. Memory and the cost " +
			"of a record should not depend on how many there are. The positions of 10,000 " +
			"partitions are kept, which is why their series begins there. What the process " +
			"takes to start is taken off. 3 runs, and one of 100 million records and of 50 " +
			"million, which the plots over time show.",
		cases: curvesCases,
	}
}

// The series of the job.
const (
	engineSeries     = "engine"
	apiSeries        = "API"
	streamsSeries    = "100 streams"
	partitionsSeries = "partitions of ten"
)

func curvesCases(_ context.Context, l *lab) ([]work, error) {
	var cases []work
	add := func(series string, count int, cfg rows.Config, mode string, streams ...string) error {
		w, err := l.read(cfg, mode, streams...)
		w.setup = l.setup
		c := work{
			name: series + ", " + thousands(int64(count)) + " records", series: series,
			size: count, runs: l.size(3, 1),
		}
		if count > 10_000_000 {
			c.runs, w.mallocs, w.limit = 1, "", 10*time.Minute
		}
		c.ways = sized(count, w)
		cases = append(cases, c)
		return err
	}
	small, wide := rows.Shapes()[0], rows.Shapes()[1]
	for _, count := range l.sizes(10_000, 100_000, 1_000_000, 10_000_000, 100_000_000) {
		cfg := rows.Config{Shape: wide.Name, Count: count}
		if err := add(engineSeries, count, cfg, "incremental", "synthetic_cursor"); err != nil {
			return nil, err
		}
	}
	for _, count := range l.sizes(10_000, 100_000, 1_000_000, 10_000_000, 50_000_000) {
		size := min(1000, count)
		cfg := rows.Config{
			Shape: small.Name, Pages: count / size, URL: l.apiURL(small, size, 0, "plain"),
		}
		if err := add(apiSeries, count, cfg, "full_refresh", "full"); err != nil {
			return nil, err
		}
	}
	streams := make([]string, l.size(100, 3))
	for i := range streams {
		streams[i] = fmt.Sprintf("stream_%d", i)
	}
	count := l.size(1_000_000, 300) / len(streams)
	cfg := rows.Config{Shape: wide.Name, Count: count, Streams: len(streams)}
	if err := add(streamsSeries, count*len(streams), cfg, "full_refresh", streams...); err != nil {
		return nil, err
	}
	for _, partitions := range l.sizes(10_000, 30_000, 100_000) {
		cfg := rows.Config{Shape: wide.Name, Count: 10, Partitions: partitions}
		err := add(partitionsSeries, 10*partitions, cfg, "incremental", "partitions")
		if err != nil {
			return nil, err
		}
	}
	return cases, nil
}

// sizes are the sizes to go through, or two tiny ones.
func (l *lab) sizes(whole ...int) []int {
	if l.quick {
		return []int{10, 100}
	}
	return whole
}
