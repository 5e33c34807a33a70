package main

import (
	"context"
	"errors"
	"iter"
	"os"
	"testing"
	"time"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/sqlite"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// The test binary plays three parts, by its first argument: it runs the tests, it is a source, and
// it is the command, whose hidden verb it starts itself.
const (
	asSource  = "play-source"
	asCommand = "play-cdk"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case asSource:
			os.Args = append(os.Args[:1], os.Args[2:]...)
			sources.Main(played{})
		case asCommand:
			os.Args = append(os.Args[:1], os.Args[2:]...)
			main()
		case sqlite.Verb:
			main()
		}
	}
	os.Exit(m.Run())
}

// playedConfig is what the source does.
type playedConfig struct {
	Count  int64  `json:"count" default:"10"`
	Pause  int    `json:"pause_ms" default:"0" description:"Between two records of numbers."`
	FailAt int64  `json:"fail_at" default:"0" description:"The number at which numbers fails."`
	Refuse string `json:"refuse" default:"" description:"What check says."`
}

// number is a record of both streams.
type number struct {
	ID int64 `json:"id"`
}

// played is a source of numbers: one stream that is incremental and has a key, and one that is and
// has neither.
type played struct{}

func (played) Check(_ context.Context, cfg playedConfig) error {
	if cfg.Refuse != "" {
		return errors.New(cfg.Refuse)
	}
	return nil
}

func (played) Streams(_ context.Context, cfg playedConfig) ([]sources.Stream, error) {
	return []sources.Stream{
		&sources.StreamOf[number]{
			Name: "numbers", PrimaryKey: sources.Key("id"),
			Cursor: sources.IntCursor{Field: "id", Order: sources.Ascending},
			Read: func(ctx context.Context, s sources.Slice) iter.Seq2[number, error] {
				return cfg.numbers(ctx, s.From.Int())
			},
		},
		&sources.StreamOf[number]{
			Name: "plain",
			Read: func(context.Context, sources.Slice) iter.Seq2[number, error] {
				return func(yield func(number, error) bool) { yield(number{1}, nil) }
			},
		},
	}, nil
}

func (cfg playedConfig) numbers(ctx context.Context, from int64) iter.Seq2[number, error] {
	return func(yield func(number, error) bool) {
		for id := from + 1; id <= cfg.Count; id++ {
			if id == cfg.FailAt {
				yield(number{}, protocol.Errorf(protocol.TransientError, "The API is gone."))
				return
			}
			if cfg.Pause > 0 {
				select {
				case <-ctx.Done():
					return
				case <-time.After(time.Duration(cfg.Pause) * time.Millisecond):
				}
			}
			if !yield(number{id}, nil) {
				return
			}
		}
	}
}
