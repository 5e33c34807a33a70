package sources

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/airbyte-go/cdk/internal/entry"
)

// check tests the config: by the source's own Check, or else by reading one record.
func (v verbs[C]) check(ctx context.Context, c *entry.Call) error {
	return entry.Check(ctx, c, v.options.checkTimeout, func(ctx context.Context) error {
		return v.try(ctx, c)
	})
}

func (v verbs[C]) try(ctx context.Context, c *entry.Call) error {
	cfg, known, err := v.open(ctx, c)
	if err != nil {
		return err
	}
	if checker, ok := v.source.(Checker[C]); ok {
		return entry.Answer(checker.Check(ctx, cfg))
	}
	return known.readOne(ctx)
}

var errFirst = errors.New("one record is enough for a check")

// readOne reads one record of the first stream, of its first partition where it has some, which
// proves address, credentials and path. A stream without records passes, and so does one whose
// parent has none: an account may be new.
func (k *knownStreams) readOne(ctx context.Context) (err error) {
	first := k.by[k.order[0]]
	id := first.desc.Descriptor()
	defer func() {
		if v := recover(); v != nil {
			err = panicError(id, v)
		}
	}()
	out := &Output{
		stream: id, sink: recordsOnly(func([]byte) error { return errFirst }),
	}
	for partition, err := range eachPartition(ctx, first.desc.Partitions) {
		if err == nil {
			sl := first.desc.firstSlice()
			sl.Partition = partition
			err = first.ReadSlice(ctx, sl, out)
		}
		if err == nil || errors.Is(err, errFirst) {
			return nil
		}
		return fmt.Errorf("stream %s: %w", id, err)
	}
	return nil
}

// firstSlice is the slice with which the first sync begins.
func (d Description) firstSlice() Slice {
	for first := range everything(d.cursor(), time.Now()) {
		return first.slice(d.cursor())
	}
	return Slice{}
}
