package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"

	"github.com/airbyte-go/cdk/protocol"
)

// journal is the system that is read. Here it is a file with an event on each line, so that the
// source runs at once: put the client, driver or protocol of your system in its place.
type journal string

// after yields the events behind an id, in the order of their ids.
func (j journal) after(ctx context.Context, id int64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		file, err := os.Open(string(j))
		if err != nil {
			yield(Event{}, protocol.Errorf(protocol.ConfigError,
				"The journal cannot be opened: %w. Check its path in the config.", err))
			return
		}
		defer func() { _ = file.Close() }() // it was only read
		lines := bufio.NewScanner(file)
		for n := 1; lines.Scan() && ctx.Err() == nil; n++ {
			var event Event
			if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
				yield(Event{}, fmt.Errorf("line %d of %s is not an event: %w", n, j, err))
				return
			}
			if event.ID > id && !yield(event, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Event{}, fmt.Errorf("%s cannot be read to its end: %w", j, err))
		}
	}
}
