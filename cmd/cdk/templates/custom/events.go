package main

import (
	"context"
	"iter"
	"time"

	"github.com/airbyte-go/cdk/sources"
)

// Event is a record of the stream events. Its schema follows from the type.
type Event struct {
	ID   int64     `json:"id"`
	Kind string    `json:"kind"`
	User string    `json:"user"`
	At   time.Time `json:"at"`
}

// events is the journal as a stream. Ids only grow, so each sync goes on behind the last one, and
// one that breaks off goes on in the middle.
func events(j journal) sources.Stream {
	return &sources.StreamOf[Event]{
		Name:       "events",
		PrimaryKey: sources.Key("id"),
		Cursor:     sources.IntCursor{Field: "id", Order: sources.Ascending},
		Read: func(ctx context.Context, s sources.Slice) iter.Seq2[Event, error] {
			return j.after(ctx, s.From.Int())
		},
	}
}
