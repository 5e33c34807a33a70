package sources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/airbyte-go/cdk/protocol"
)

// Stream is the lower layer of a source: what every kind of stream gives the engine. Most authors
// use [StreamOf] or a stream of package http instead of writing one.
//
// The methods avoid the names that authors want as fields (Name, Cursor, Read), because Go forbids
// a field and a method of one name. The engine keys streams by descriptor, never by the interface
// value.
type Stream interface {
	// Describe says what the stream is. It must be cheap and always say the same.
	Describe() Description
	// ReadSlice emits the records of one slice. It is called at once for several slices of a
	// stream, each with an Output of its own. Returning nil closes the slice: its records count
	// as read and are not asked for again. It must return soon after ctx is done.
	ReadSlice(ctx context.Context, s Slice, out *Output) error
}

// Description is what the engine needs to know of a stream.
type Description struct {
	// Name is the stream's name, unique in its namespace.
	Name string
	// Namespace groups streams, such as the schemas of a database. Empty means none.
	Namespace string
	// Schema describes the records. It is asked for by discover, and by a read at debug level
	// only, so that a remote schema costs a read nothing.
	Schema Schema
	// PrimaryKey names the fields that identify a record. Empty means that the source knows none.
	PrimaryKey PrimaryKey
	// Cursor says how records are ordered in time or number. Nil means full refresh only.
	Cursor Cursor
	// Partitions says in which parts the stream is read, each with a position of its own. Nil
	// means one.
	Partitions Partitions
	// Inherit names values of a record's partition that the record gets as top-level members,
	// where it has none of that name. One that the partition does not have is null.
	Inherit []string
	// Resumable says that the tokens given to [Output.Checkpoint] hold in a later process: an
	// interrupted full refresh then goes on from the last one, where the platform lets it.
	Resumable bool
	// Group is the name of a group of streams that must not be read at the same time, parents
	// included. Empty means none. A stream cannot be in one group with its parent.
	Group string
}

// cursor is the cursor of the stream, or one that stands for none.
func (d Description) cursor() Cursor {
	if d.Cursor == nil {
		return noCursor{}
	}
	return d.Cursor
}

// isResumable reports whether an interrupted full refresh can go on.
func (d Description) isResumable() bool { return d.Resumable || d.Cursor != nil }

// cursorField is the path of the field in a record that the cursor looks at; nil where it looks at
// none.
func (d Description) cursorField() []string {
	if _, ok := d.Cursor.(TokenCursor); ok {
		return nil
	}
	return cursorPath(d.cursor())
}

// keepsTokens reports whether the tokens of checkpoints are worth keeping.
func (d Description) keepsTokens() bool {
	_, ok := d.Cursor.(TokenCursor)
	return ok || d.Resumable
}

// Descriptor returns the name and namespace under which messages refer to the stream.
func (d Description) Descriptor() protocol.Descriptor {
	return protocol.Descriptor{Name: d.Name, Namespace: d.Namespace}
}

// validate finds an author's mistakes in d.
func (d Description) validate() error {
	if d.Name == "" {
		return errors.New("a stream has no Name")
	}
	if d.Schema == nil {
		return fmt.Errorf("stream %s has no Schema", d.Descriptor())
	}
	for _, path := range d.PrimaryKey {
		if len(path) == 0 {
			return fmt.Errorf("stream %s: its PrimaryKey holds an empty path", d.Descriptor())
		}
	}
	if err := d.cursor().validate(); err != nil {
		return fmt.Errorf("stream %s: %w", d.Descriptor(), err)
	}
	if err := d.validatePartitions(); err != nil {
		return fmt.Errorf("stream %s: %w", d.Descriptor(), err)
	}
	return nil
}

func (d Description) validatePartitions() error {
	if err := validatePartitions(d.Partitions); err != nil {
		return err
	}
	above, err := d.ancestors()
	if err != nil {
		return err
	}
	for _, up := range above {
		if d.Group != "" && up.Group == d.Group {
			return fmt.Errorf("it is in the group %q together with its parent %s", d.Group,
				up.Descriptor())
		}
	}
	names := PartitionNames(d.Partitions)
	for _, name := range d.Inherit {
		if d.Partitions == nil || names != nil && !slices.Contains(names, name) {
			return fmt.Errorf("its Inherit names %q, which its partitions do not have", name)
		}
	}
	return nil
}

// PrimaryKey is a list of paths into a record. [Key] makes one of top-level fields.
type PrimaryKey [][]string

// Key names the top-level fields that together identify a record; several make a composite key.
func Key(fields ...string) PrimaryKey {
	key := make(PrimaryKey, len(fields))
	for i, f := range fields {
		key[i] = []string{f}
	}
	return key
}

// StreamOf is the typed layer for streams that are not HTTP: a function that yields records of type
// T. With [encoding/json.RawMessage] as T the bytes pass untouched, after a check that they are
// JSON.
type StreamOf[T any] struct {
	// Name is the stream's name; required.
	Name string
	// Namespace groups streams; empty means none.
	Namespace string
	// Schema describes the records. Defaults to SchemaOf[T].
	Schema Schema
	// PrimaryKey names the fields that identify a record.
	PrimaryKey PrimaryKey
	// Cursor makes the stream incremental. Nil means full refresh only.
	Cursor Cursor
	// Partitions says in which parts the stream is read. Nil means one.
	Partitions Partitions
	// Inherit names values of the partition that each record gets; see [Description].
	Inherit []string
	// Group names streams that must not be read at the same time; see [Description].
	Group string
	// Read yields the records of one slice; required. An error ends the slice: the records before
	// it were emitted, the slice is not closed and the next sync reads it again. Breaking out of
	// the loop is the engine's way to stop early. Called at once for several slices.
	Read func(ctx context.Context, s Slice) iter.Seq2[T, error]
}

// Describe implements [Stream].
func (s *StreamOf[T]) Describe() Description {
	schema := s.Schema
	switch {
	case s.Read == nil:
		schema = func(context.Context) (json.RawMessage, error) { return nil, s.noRead() }
	case schema == nil:
		schema = SchemaOf[T]()
	}
	return Description{
		Name: s.Name, Namespace: s.Namespace,
		Schema: schema, PrimaryKey: s.PrimaryKey, Cursor: s.Cursor,
		Partitions: s.Partitions, Inherit: s.Inherit, Group: s.Group,
	}
}

func (s *StreamOf[T]) noRead() error {
	return builtWrong(fmt.Errorf("stream %s has no Read", s.Name))
}

// ReadSlice implements [Stream].
func (s *StreamOf[T]) ReadSlice(ctx context.Context, sl Slice, out *Output) error {
	if s.Read == nil {
		return s.noRead()
	}
	for record, err := range s.Read(ctx, sl) {
		if err != nil {
			return err
		}
		if err := out.Record(record); err != nil {
			return err
		}
	}
	return nil
}
