package sources

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// Partition is one part of a stream that is read on its own and has a position of its own: a
// region, an account, the comments of one post. The zero Partition is that of a stream without
// partitions. Its values are raw JSON, so that 1 and "1" stay apart, in states as well. A Partition
// is never changed once made, so it may be used by several goroutines.
type Partition struct {
	identity []property // what tells it from the others, in states too
	extra    []property
	up       *Partition // that of the parent record
}

type property struct {
	name  string
	value json.RawMessage
}

// NewPartition returns a partition that is known by one value, for [Partitions] written by hand.
// The value becomes JSON; a [json.RawMessage] stays as it is. It panics for a value without a JSON
// form, such as a channel.
func NewPartition(name string, value any) Partition { return Partition{}.With(name, value) }

// With returns a copy of p that is known by one more value.
func (p Partition) With(name string, value any) Partition {
	p.identity = append(slices.Clip(p.identity), property{name, mustEncode(name, value)})
	return p
}

// WithExtra returns a copy of p with a value that travels with it but is no part of what tells it
// from other partitions: it may change from sync to sync.
func (p Partition) WithExtra(name string, value any) Partition {
	p.extra = append(slices.Clip(p.extra), property{name, mustEncode(name, value)})
	return p
}

func mustEncode(name string, value any) json.RawMessage {
	if raw, ok := value.(json.RawMessage); ok {
		return raw
	}
	raw, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("sources: the value of %q in a partition has no JSON form: %v", name,
			err))
	}
	return raw
}

// IsZero reports whether p is the partition of a stream without partitions.
func (p Partition) IsZero() bool { return len(p.identity) == 0 }

// Get returns a value as text: a string without its quotes, anything else as its JSON stands. It is
// empty where there is no such value, or null. A value that p does not have itself is looked for in
// the partition of its parent record, and so on.
func (p Partition) Get(name string) string {
	raw := p.Raw(name)
	if text, ok := jsonraw.Unquote(raw); ok {
		return text
	}
	if jsonraw.IsNull(raw) {
		return ""
	}
	return string(raw)
}

// Raw returns a value as JSON, nil where there is none. The bytes must not be changed.
func (p Partition) Raw(name string) json.RawMessage {
	for at := &p; at != nil; at = at.up {
		for _, list := range [][]property{at.identity, at.extra} {
			for _, one := range list {
				if one.name == name {
					return one.value
				}
			}
		}
	}
	return nil
}

// MarshalJSON returns what tells p from other partitions, as states spell it.
func (p Partition) MarshalJSON() ([]byte, error) {
	size := len(`{}`)
	for _, one := range p.identity {
		size += len(one.name) + len(one.value) + len(`"":,`)
	}
	return appendObject(make([]byte, 0, size), p.identity), nil
}

func appendObject(text []byte, members []property) []byte {
	text = append(text, '{')
	for i, one := range members {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(jsonraw.AppendString(text, one.name), ':')
		text = append(text, one.value...)
	}
	return append(text, '}')
}

// String returns the partition as states spell it, for messages.
func (p Partition) String() string {
	text, _ := p.MarshalJSON() // it never fails
	return string(text)
}

// partitionKey is a short form of a partition's identity. Two partitions are the same when their
// JSON is, whatever the order of its members and the white space in it.
type partitionKey [16]byte

var emptyParent = []byte(`"` + parentSlice + `":{}`)

// keyOf counts a parent's empty partition as none: states of the Python kit have it or not, for the
// same partition.
func keyOf(identity []byte) partitionKey {
	text := jsonraw.Canonical(identity)
	if bytes.Contains(text, emptyParent) {
		for _, empty := range []string{`,"` + parentSlice + `":{}`, `"` + parentSlice + `":{},`} {
			text = bytes.ReplaceAll(text, []byte(empty), nil)
		}
	}
	sum := sha256.Sum256(text)
	return partitionKey(sum[:16])
}

// Partitions says which partitions a stream has: [Parent], [List], [Product], or an author's own.
type Partitions interface {
	// Each yields the partitions, each once. It may send requests; it must end when ctx does. An
	// error ends the stream, after the partitions before it were read.
	Each(ctx context.Context) iter.Seq2[Partition, error]
}

// PartitionNames returns the names of the values that each partition of p has, as far as they are
// known before it is asked: nil for an author's own [Partitions].
func PartitionNames(p Partitions) []string {
	switch p := p.(type) {
	case Parent:
		names := append([]string{p.As}, p.Fields...)
		if p.Stream != nil {
			names = append(names, PartitionNames(p.Stream.Describe().Partitions)...)
		}
		return names
	case listed:
		return []string{p.name}
	case product:
		var names []string
		for _, factor := range p {
			of := PartitionNames(factor)
			if of == nil {
				return nil
			}
			names = append(names, of...)
		}
		return names
	}
	return nil
}

// List is one partition for each of the values.
func List(name string, values ...string) Partitions { return listed{name, values} }

type listed struct {
	name   string
	values []string
}

// Each implements [Partitions].
func (l listed) Each(context.Context) iter.Seq2[Partition, error] {
	return func(yield func(Partition, error) bool) {
		for _, value := range l.values {
			if !yield(NewPartition(l.name, value), nil) {
				return
			}
		}
	}
}

// Product is a partition for each combination of those of ps, such as each region with each
// account. The first is walked once, the others once for each partition of those before them.
func Product(ps ...Partitions) Partitions { return product(ps) }

type product []Partitions

// Each implements [Partitions].
func (p product) Each(ctx context.Context) iter.Seq2[Partition, error] {
	return func(yield func(Partition, error) bool) { p.combine(ctx, Partition{}, yield) }
}

// combine yields what so, a partition of the factors before p, makes with those of p.
func (p product) combine(
	ctx context.Context, so Partition, yield func(Partition, error) bool,
) bool {
	if len(p) == 0 {
		return yield(so, nil)
	}
	for next, err := range p[0].Each(ctx) {
		if err != nil {
			yield(Partition{}, err)
			return false
		}
		if !p[1:].combine(ctx, so.join(next), yield) {
			return false
		}
	}
	return true
}

// join returns the partition of both. Where both come from parent records, the partition of one of
// these is usually the empty one, and the other's stands for both, as in the Python kit.
func (p Partition) join(other Partition) Partition {
	both := Partition{
		identity: slices.Clone(p.identity),
		extra:    append(slices.Clip(p.extra), other.extra...),
		up:       p.up,
	}
	for _, one := range other.identity {
		isNamed := func(has property) bool { return has.name == one.name }
		at := slices.IndexFunc(both.identity, isNamed)
		switch {
		case at < 0:
			both.identity = append(both.identity, one)
		case string(one.value) == "{}":
		case string(both.identity[at].value) == "{}":
			both.identity[at] = one
		default:
			one.name += "_of_" + other.identity[0].name
			both.identity = append(both.identity, one)
		}
	}
	if both.up == nil {
		both.up = other.up
	}
	return both
}

// validatePartitions finds an author's mistakes.
func validatePartitions(p Partitions) error {
	switch p := p.(type) {
	case Parent:
		return p.validate()
	case listed:
		return checkPartitionName(p.name)
	case product:
		return p.validate()
	}
	return nil
}

func (p product) validate() error {
	var seen []string
	for _, factor := range p {
		if factor == nil {
			return errors.New("its Product has a part that is nil")
		}
		if parent, ok := factor.(Parent); ok && parent.Incremental {
			return errors.New("its Product has an Incremental Parent, of which it would miss the " +
				"combinations of old records with new ones; leave Incremental out")
		}
		if err := validatePartitions(factor); err != nil {
			return err
		}
		for _, name := range PartitionNames(factor) {
			if slices.Contains(seen, name) {
				return fmt.Errorf("its Product has the value %q twice", name)
			}
			seen = append(seen, name)
		}
	}
	return nil
}

// checkPartitionName refuses names that mean something else in a template or a state.
func checkPartitionName(name string) error {
	switch name {
	case "":
		return errors.New("its Partitions have a value without a name")
	case "from", "to", parentSlice:
		return fmt.Errorf("its Partitions have a value named %q, which means something else",
			name)
	}
	return nil
}

// encode spells all of p for the notes of a pass; decodePartition is its opposite.
func (p Partition) encode(text []byte) []byte {
	text = appendObject(append(text, '['), p.identity)
	text = appendObject(append(text, ','), p.extra)
	if p.up != nil {
		text = p.up.encode(append(text, ','))
	}
	return append(text, ']')
}

func decodePartition(text []byte) (p Partition) {
	for i, element := range elements(bytes.Clone(text)) {
		switch i {
		case 0:
			p.identity = properties(element)
		case 1:
			p.extra = properties(element)
		default:
			p.up = new(decodePartition(element))
		}
	}
	return p
}

// elements are those of an array that encode has written.
func elements(array []byte) (all [][]byte) {
	for one, err := range jsonraw.Elements(array) {
		if err != nil {
			panic(err)
		}
		all = append(all, one)
	}
	return all
}

// properties are those of an object that encode has written.
func properties(object []byte) (all []property) {
	for w := jsonraw.Walk(object); w.Next(); {
		all = append(all, property{string(w.Name()), w.Value()})
	}
	return all
}
