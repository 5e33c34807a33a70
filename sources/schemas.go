package sources

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"

	"github.com/airbyte-go/cdk/protocol"
)

// maxSchemas is how many schemas are asked for at once. A schema may be a call to the API, and an
// API may have hundreds of objects.
const maxSchemas = 8

// schemas returns the schemas of all streams in their order, or the first failure, after which no
// further one is asked for.
func (k *knownStreams) schemas(ctx context.Context) ([]json.RawMessage, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	found := make([]json.RawMessage, len(k.order))
	var next atomic.Int64
	var flight sync.WaitGroup
	for range min(maxSchemas, len(k.order)) {
		flight.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(k.order) {
					return
				}
				var err error
				if found[i], err = schemaOf(ctx, k.by[k.order[i]].desc); err != nil {
					cancel(streamError(k.order[i], err))
				}
			}
		})
	}
	flight.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return found, nil
}

// schemaOf asks for one schema. A panic fails discover, not the process.
func schemaOf(ctx context.Context, d Description) (raw json.RawMessage, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicError(d.Descriptor(), v)
		}
	}()
	return d.Schema(ctx)
}

// schemaCatalog is a catalog in which the schemas are replaced, by stream.
func (k *knownStreams) schemaCatalog(
	schemas map[protocol.Descriptor]json.RawMessage,
) *protocol.Catalog {
	catalog := &protocol.Catalog{}
	for _, d := range k.order {
		if schema, ok := schemas[d]; ok {
			catalog.Streams = append(catalog.Streams, k.by[d].desc.protocolStream(schema))
		}
	}
	return catalog
}
