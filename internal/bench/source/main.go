// Command source is what an author would write for the API and the records of a measurement.
package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"strconv"
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/internal/bench/mallocs"
	"github.com/airbyte-go/cdk/internal/bench/rows"
	"github.com/airbyte-go/cdk/sources"
)

func main() {
	if !mallocs.AreWanted() {
		sources.Main(source{})
	}
	// Main ends the process, so what it allocates is counted in the same run without an end.
	err := mallocs.Count(func() error {
		code := sources.Run(context.Background(), source{}, sources.Process{
			Args: os.Args[1:], Out: os.Stdout, Err: os.Stderr,
		})
		if code != 0 {
			return fmt.Errorf("exit code %d", code)
		}
		return nil
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "source:", err)
		os.Exit(1)
	}
}

type source struct{}

var _ sources.Source[rows.Config] = source{}

// Streams describes what there is to read. A catalog chooses.
func (source) Streams(_ context.Context, cfg rows.Config) ([]sources.Stream, error) {
	shape, err := rows.ShapeOf(cfg.Shape)
	if err != nil {
		return nil, err
	}
	streams := append(ofAPI(cfg, shape), ofItself(cfg, shape)...)
	for i := range cfg.Streams {
		streams = append(streams, synthetic{
			shape: shape, count: cfg.Count, desc: describe(shape, fmt.Sprintf("stream_%d", i)),
		})
	}
	return streams, nil
}

// ofAPI are the streams of the API: in full, by slices of time, and by parent.
func ofAPI(cfg rows.Config, shape rows.Shape) []sources.Stream {
	api := http.NewClient(cfg.URL)
	stream := func(name, path string) *http.Stream {
		return &http.Stream{
			Client: api, Name: name, Path: path,
			Schema:     sources.SchemaJSON([]byte(shape.Schema())),
			PrimaryKey: sources.Key("id"),
			Records:    http.Field("data"),
		}
	}
	full := stream("full", "records")
	full.Query = http.Params{"pages": strconv.Itoa(cfg.Pages)}
	full.Pages = http.NextToken{At: "meta.next_cursor", Param: "cursor"}

	slices := stream("slices", "records")
	slices.Query = http.Params{
		"pages": strconv.Itoa(cfg.Pages), "since": "{from}", "until": "{to}",
	}
	slices.Pages = full.Pages
	slices.Cursor = sources.TimeCursor{
		Field: rows.CursorField, Order: sources.Ascending, Formats: []string{time.RFC3339},
		Start: rows.Start(), End: cfg.End(), Step: rows.SliceDays * 24 * time.Hour,
	}

	children := stream("children", "parents/{parent_id}/children")
	children.Partitions = sources.Parent{
		Stream: stream("parents", "parents"), Key: "id", As: "parent_id",
	}
	return []sources.Stream{full, slices, children}
}

// ofItself are the streams whose records cost nothing to make.
func ofItself(cfg rows.Config, shape rows.Shape) []sources.Stream {
	plain := synthetic{shape: shape, count: cfg.Count, desc: describe(shape, "synthetic")}

	cursor := plain
	cursor.desc = describe(shape, "synthetic_cursor")
	cursor.desc.Cursor = sources.TimeCursor{Field: rows.CursorField, Order: sources.Ascending}

	parts := cursor
	parts.desc.Name = "partitions"
	parts.desc.Partitions = numbered(max(1, cfg.Partitions))
	return []sources.Stream{plain, cursor, parts}
}

func describe(shape rows.Shape, name string) sources.Description {
	return sources.Description{
		Name: name, Schema: sources.SchemaJSON([]byte(shape.Schema())),
		PrimaryKey: sources.Key("id"),
	}
}

// synthetic is a stream that emits records which are there already.
type synthetic struct {
	desc  sources.Description
	shape rows.Shape
	count int
}

func (s synthetic) Describe() sources.Description { return s.desc }

func (s synthetic) ReadSlice(_ context.Context, _ sources.Slice, out *sources.Output) error {
	clock := rows.NewClock(s.shape)
	for range s.count {
		if err := out.Raw(clock.Record); err != nil {
			return err
		}
		clock.Next()
	}
	return nil
}

// numbered are so many partitions, each made when it is asked for.
type numbered int

// Each implements [sources.Partitions].
func (n numbered) Each(context.Context) iter.Seq2[sources.Partition, error] {
	return func(yield func(sources.Partition, error) bool) {
		for i := range int(n) {
			if !yield(sources.NewPartition("part", i), nil) {
				return
			}
		}
	}
}
