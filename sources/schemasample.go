package sources

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// schemaSample compares some records of a stream with its schema and logs each difference once. It
// works at debug level only: it is for those who write the connector.
type schemaSample struct {
	log *slog.Logger
	id  protocol.Descriptor

	mu         sync.Mutex
	seen       int
	comparison *schema.Comparison
}

// The first records of a stream are compared, and then one of many.
const (
	sampledFirst = 1000
	sampledEvery = 100
)

// newSchemaSample returns nil where there is nothing to compare, or nobody to tell.
func newSchemaSample(ctx context.Context, log *slog.Logger, d Description) *schemaSample {
	if !log.Enabled(ctx, slog.LevelDebug) {
		return nil
	}
	id := d.Descriptor()
	raw, err := schemaOf(ctx, d)
	var comparison *schema.Comparison
	if err == nil {
		comparison, err = schema.Compare(raw)
	}
	if err != nil {
		log.DebugContext(ctx, fmt.Sprintf("The records of stream %s are not compared with its "+
			"schema: %s.", id, err))
		return nil
	}
	return &schemaSample{log: log, id: id, comparison: comparison}
}

// look compares a record, if its turn has come. It may be called by several slices at once, and on
// nil.
func (s *schemaSample) look(record []byte) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen++; s.seen > sampledFirst && s.seen%sampledEvery != 0 {
		return
	}
	for _, difference := range s.comparison.Differences(record) {
		s.log.Debug(fmt.Sprintf("The records of stream %s differ from its schema: field %s.", s.id,
			difference))
	}
}
