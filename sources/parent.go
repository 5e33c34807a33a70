package sources

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// Parent makes a partition of each record of another stream: the comments of each post. The engine
// reads the parent once for all children that start from the same point, and together with its own
// records where they start there too; children begin while the parent is still being read, and what
// they have not come to waits on disk where it takes much memory.
//
// The parent is read in full in each sync, whatever the sync mode of its own output is, unless
// Incremental is set. Records without the Key are passed over with a warning.
type Parent struct {
	// Stream is the parent; required. It need not be one of the source's streams.
	Stream Stream
	// Key is the dotted path of the field of a parent's record that the child is read by; required.
	Key string
	// As names its value in templates and in states; required. It is what the Python kit calls the
	// partition field.
	As string
	// Fields are dotted paths of further fields of the parent's record, which templates and records
	// of the child can use by these paths. They are no part of what tells partitions apart.
	Fields []string
	// Incremental reads only those records of the parent that are new since the last sync; its
	// position is kept in the child's state. Use it only where a change of a child changes the
	// parent's cursor value as well: the children of other parents are not asked for.
	Incremental bool
}

var _ Partitions = Parent{}

// parentSlice is the name under which a partition holds that of its parent record.
const parentSlice = "parent_slice"

// Each implements [Partitions] outside of a read: it reads the parent, one slice after the other,
// as a first sync would.
func (p Parent) Each(ctx context.Context) iter.Seq2[Partition, error] {
	return func(yield func(Partition, error) bool) {
		if err := p.each(ctx, yield); err != nil && !errors.Is(err, errEnough) {
			yield(Partition{}, err)
		}
	}
}

var errEnough = errors.New("the loop over the partitions has ended")

func (p Parent) each(ctx context.Context, yield func(Partition, error) bool) error {
	desc := p.Stream.Describe()
	for up, err := range eachPartition(ctx, desc.Partitions) {
		if err != nil {
			return err
		}
		out := &Output{
			stream: desc.Descriptor(),
			sink: recordsOnly(func(record []byte) error {
				if one, ok := p.partition(p.values(record), up); ok && !yield(one, nil) {
					return errEnough
				}
				return nil
			}),
		}
		for sp := range everything(desc.cursor(), time.Now()) {
			sl := sp.slice(desc.cursor())
			sl.Partition = up
			if err := p.Stream.ReadSlice(ctx, sl, out); err != nil {
				return err
			}
			if out.err != nil {
				return out.err
			}
		}
	}
	return nil
}

// eachPartition yields the partitions of a stream: the zero one where it has none.
func eachPartition(ctx context.Context, p Partitions) iter.Seq2[Partition, error] {
	if p == nil {
		return func(yield func(Partition, error) bool) { yield(Partition{}, nil) }
	}
	return p.Each(ctx)
}

// paths are the dotted paths of what the children need of a record.
func (p Parent) paths() []string { return append([]string{p.Key}, p.Fields...) }

// values are what the children need of a record, nil for what it does not have.
func (p Parent) values(record []byte) [][]byte {
	paths := p.paths()
	values := make([][]byte, len(paths))
	for i, path := range paths {
		values[i] = fieldOf(record, path)
	}
	return values
}

func fieldOf(record []byte, path string) []byte {
	raw, ok := jsonraw.Member(record, strings.Split(path, "."))
	if !ok || jsonraw.IsNull(raw) {
		return nil
	}
	return raw
}

// partition is made of the values of a record whose own partition is up. ok is false where the
// record has no key.
func (p Parent) partition(values [][]byte, up Partition) (one Partition, ok bool) {
	if values[0] == nil {
		return one, false
	}
	own, _ := up.MarshalJSON() // it never fails
	one.identity = []property{{p.As, bytes.Clone(values[0])}, {parentSlice, own}}
	for i, path := range p.Fields {
		if raw := values[i+1]; raw != nil {
			one.extra = append(one.extra, property{path, bytes.Clone(raw)})
		}
	}
	if !up.IsZero() {
		one.up = &up
	}
	return one, true
}

func (p Parent) validate() error {
	switch {
	case p.Stream == nil:
		return errors.New("its Parent has no Stream")
	case p.Key == "":
		return errors.New("its Parent has no Key")
	}
	desc := p.Stream.Describe()
	if p.Incremental && desc.Cursor == nil {
		return fmt.Errorf("its Parent is Incremental, but %s has no Cursor", desc.Descriptor())
	}
	for _, name := range append([]string{p.As}, p.Fields...) {
		if err := checkPartitionName(name); err != nil {
			return err
		}
	}
	return nil
}

// parents are the parents that the engine reads for p itself.
func parents(p Partitions) []Parent {
	switch p := p.(type) {
	case Parent:
		return []Parent{p}
	case product:
		var all []Parent
		for _, factor := range p {
			all = append(all, parents(factor)...)
		}
		return all
	}
	return nil
}

// ancestors walks the streams that d is read by, the nearest first. A stream that is its own
// ancestor is an error.
func (d Description) ancestors() (all []Description, err error) {
	return all, d.climb([]protocol.Descriptor{d.Descriptor()}, &all)
}

func (d Description) climb(path []protocol.Descriptor, all *[]Description) error {
	for _, p := range parents(d.Partitions) {
		if p.Stream == nil {
			continue // validate says so
		}
		up := p.Stream.Describe()
		if slices.Contains(path, up.Descriptor()) {
			return fmt.Errorf("stream %s is its own parent", up.Descriptor())
		}
		*all = append(*all, up)
		if err := up.climb(append(path, up.Descriptor()), all); err != nil {
			return err
		}
	}
	return nil
}
