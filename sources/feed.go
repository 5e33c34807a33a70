package sources

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/spool"
	"github.com/airbyte-go/cdk/protocol"
)

// feedMemory is how much of what waits for children one feed keeps in memory; the rest lies on
// disk.
const feedMemory = 1 << 20

// feed carries what children need of a parent's records from the pass that reads the parent to the
// passes of all children that want it from the same point. The parent never waits for a child: what
// a child has not come to waits in the spool. So a parent holds no slot while a child is slow, and
// one slot is enough for any number of generations.
type feed struct {
	parent      protocol.Descriptor
	incremental bool     // whether marks are wanted
	paths       []string // what the children need of a record
	spool       *spool.Spool
	ended       chan struct{}
	children    []*pass

	mu      sync.Mutex
	entry   []byte // memory for the next entry
	marked  string // the last mark
	since   int    // bytes of records since
	waiting int    // children that have not ended
	stop    func() // ends the parent's pass when no child wants it; nil where it has other duties
}

// The first byte of an entry says what it is.
const (
	recordEntry = 'r'
	markEntry   = 'm'
)

// markShare bounds what marks add to a spool: one follows when this many times its size of records
// stand behind the last.
const markShare = 4

// want adds what a child needs of a record and returns where it will stand.
func (f *feed) want(child *pass, p Parent) *feedReader {
	r := &feedReader{feed: f, parent: p, child: child}
	for _, path := range p.paths() {
		at := slices.Index(f.paths, path)
		if at < 0 {
			at = len(f.paths)
			f.paths = append(f.paths, path)
		}
		r.at = append(r.at, at)
	}
	f.children = append(f.children, child)
	f.waiting++
	return r
}

// append adds a record whose own partition is up.
func (f *feed) append(record []byte, up Partition) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.entry = append(f.entry[:0], recordEntry, '[')
	for _, path := range f.paths {
		raw := fieldOf(record, path)
		if raw == nil {
			raw = []byte("null")
		}
		f.entry = append(append(f.entry, raw...), ',')
	}
	f.entry = append(up.encode(f.entry), ']')
	f.since += len(f.entry)
	return f.spool.Append(f.entry)
}

// mark adds how far the pass has come, where the children want to know.
func (f *feed) mark(p *pass, last bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.incremental || !last && f.since < markShare*len(f.marked) {
		return nil
	}
	p.mu.Lock()
	state := p.positions.blob()
	p.mu.Unlock()
	if string(state) == f.marked {
		return nil
	}
	f.marked, f.since = string(state), 0
	return f.spool.Append(append([]byte{markEntry}, state...))
}

// finish says how the parent's pass ended.
func (f *feed) finish(err error) {
	if err != nil {
		err = protocol.Errorf(protocol.AsError(err).Type, "It is read by the records of stream "+
			"%s, which could not be read: %w", f.parent, err)
	}
	f.spool.Finish(err)
	close(f.ended)
}

// release notes that a child has ended. Without children a pass that serves only them ends too.
func (f *feed) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting--; f.waiting == 0 && f.stop != nil {
		f.stop()
	}
}

// partitionOrMark is what a pass reads by: a partition or, between two, how far an incremental
// parent has been read.
type partitionOrMark struct {
	partition Partition
	parent    string
	mark      json.RawMessage // nil for a partition
}

// partitionSource is where a pass has its partitions from.
type partitionSource interface {
	each(ctx context.Context) iter.Seq2[partitionOrMark, error]
	// feeds are the feeds that it reads.
	feeds() []*feed
}

// authorsPartitions are partitions that need no other stream; nil is one.
type authorsPartitions struct{ Partitions }

func (a authorsPartitions) feeds() []*feed { return nil }

func (a authorsPartitions) each(ctx context.Context) iter.Seq2[partitionOrMark, error] {
	return func(yield func(partitionOrMark, error) bool) {
		for p, err := range eachPartition(ctx, a.Partitions) {
			if !yield(partitionOrMark{partition: p}, err) {
				return
			}
		}
	}
}

// feedReader is the way of one child through a feed.
type feedReader struct {
	feed   *feed
	parent Parent
	child  *pass
	at     []int // where in an entry the values of the parent's paths stand
}

func (r *feedReader) feeds() []*feed { return []*feed{r.feed} }

func (r *feedReader) each(ctx context.Context) iter.Seq2[partitionOrMark, error] {
	return func(yield func(partitionOrMark, error) bool) {
		for entry, err := range r.feed.spool.Entries(ctx) {
			next, ok := r.decode(entry)
			if err == nil && !ok {
				continue
			}
			if !yield(next, err) {
				return
			}
		}
	}
}

// decode makes a partition or a mark of an entry. ok is false where the record has no key.
func (r *feedReader) decode(entry []byte) (next partitionOrMark, ok bool) {
	if len(entry) == 0 {
		return next, false
	}
	if entry[0] == markEntry {
		next.parent, next.mark = r.feed.parent.Name, slices.Clone(entry[1:])
		return next, r.parent.Incremental
	}
	parts := elements(entry[1:])
	up := decodePartition(parts[len(parts)-1])
	values := make([][]byte, len(r.at))
	for i, at := range r.at {
		if !jsonraw.IsNull(parts[at]) {
			values[i] = parts[at]
		}
	}
	next.partition, ok = r.parent.partition(values, up)
	if !ok {
		r.child.warn(fmt.Sprintf("has a parent, %s, with records without the field %q; nothing is "+
			"read by them", r.feed.parent, r.parent.Key))
	}
	return next, ok
}

// combinedSource are the partitions of a [Product], of which some are parents.
type combinedSource []partitionSource

func (c combinedSource) feeds() (all []*feed) {
	for _, factor := range c {
		all = append(all, factor.feeds()...)
	}
	return all
}

func (c combinedSource) each(ctx context.Context) iter.Seq2[partitionOrMark, error] {
	combined := make(product, len(c))
	for i, factor := range c {
		combined[i] = withoutMarks{factor}
	}
	return authorsPartitions{combined}.each(ctx)
}

// withoutMarks makes plain partitions of those of a factor, none of which is incremental.
type withoutMarks struct{ source partitionSource }

// Each implements [Partitions].
func (w withoutMarks) Each(ctx context.Context) iter.Seq2[Partition, error] {
	return func(yield func(Partition, error) bool) {
		for next, err := range w.source.each(ctx) {
			if !yield(next.partition, err) {
				return
			}
		}
	}
}
