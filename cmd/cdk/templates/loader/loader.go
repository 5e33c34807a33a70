package main

import (
	"context"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// loader has a folder for each stream. Nothing in it changes after Open, except for a folder, which
// belongs to one stream and so to one call at a time.
type loader map[protocol.Descriptor]*streamFolder

// Load makes the batch durable before it returns: then the states that cover it go back to the
// platform, and its records never come again.
func (l loader) Load(_ context.Context, b *destinations.Batch) error {
	return l[b.Stream.Descriptor].write(b.Records())
}

// Finish has nothing to do for a destination that only appends. One that can replace does it here.
func (loader) Finish(context.Context, destinations.Stream) error { return nil }

// Close gives back what Open has taken.
func (loader) Close() error { return nil }
