package destinations

import (
	"encoding/json"
	"iter"
	"sync"

	"github.com/airbyte-go/cdk/protocol"
)

// Batch is a number of records of one stream, in the order in which they came. It and all bytes of
// its records are valid until Load returns. Its methods may be called from several goroutines.
type Batch struct {
	// Stream is what Open was given.
	Stream Stream

	records

	mu       sync.Mutex
	rejected map[int]error // by the record's place in the batch
}

// Record is one record of a [Batch].
type Record struct {
	// Data is a JSON object as it came, not empty, on one line, and not looked into beyond its
	// brackets and quotes: the platform forwards only what it has parsed itself. It is valid until
	// Load returns and must not be changed.
	Data json.RawMessage
	// Meta is the record's meta object as it came, nil where there is none; see Changes. It is
	// valid as long as Data.
	Meta json.RawMessage
	// EmittedAt is when the source read the record, in milliseconds since 1970.
	EmittedAt int64

	place int // in the batch
}

// Changes returns what happened to the record's fields on the way so far. Most records have none.
func (r Record) Changes() ([]protocol.RecordChange, error) {
	if r.Meta == nil {
		return nil, nil
	}
	var meta protocol.RecordMeta
	if err := json.Unmarshal(r.Meta, &meta); err != nil {
		return nil, err
	}
	return meta.Changes, nil
}

// Len is the number of records, at least 1.
func (b *Batch) Len() int { return len(b.refs) }

// Size is the number of bytes of the records' data.
func (b *Batch) Size() int64 { return b.size }

// Records yields the records in their order. It may be called again.
func (b *Batch) Records() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for i := range b.refs {
			if !yield(b.record(i)) {
				return
			}
		}
	}
}

// Reject says that the destination cannot hold a record of the batch. It is then not loaded but
// counted, and the first few reasons of each stream are logged: a reason should name the field and
// what is wrong with it, but not show its value. Rejecting a record again changes nothing.
// Reject panics when no record of this batch can be meant.
func (b *Batch) Reject(r Record, reason error) {
	if r.place >= len(b.refs) || len(r.Data) == 0 {
		panic("destinations: Reject needs a record of the batch")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rejected == nil {
		b.rejected = map[int]error{}
	}
	if _, twice := b.rejected[r.place]; !twice {
		b.rejected[r.place] = reason
	}
}
