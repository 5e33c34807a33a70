package destinations

import (
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// target is one stream of the catalog.
type target struct {
	Stream
	// counted tells that the platform counts generations, and so says COMPLETE before the end.
	counted bool
}

// targets turns a catalog into what there is to do, whichever way the platform puts it.
func targets(
	catalog *protocol.ConfiguredCatalog, modes []protocol.DestinationSyncMode,
) ([]target, error) {
	all := make([]target, len(catalog.Streams))
	for i := range catalog.Streams {
		var err error
		if all[i], err = newTarget(&catalog.Streams[i], modes); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func newTarget(
	c *protocol.ConfiguredStream, modes []protocol.DestinationSyncMode,
) (target, error) {
	d := c.Stream.Descriptor()
	t := target{Stream: Stream{
		Descriptor: d, Schema: c.Stream.JSONSchema,
		Key: c.PrimaryKey, Cursor: c.CursorField,
		Dedup:   c.DestinationSyncMode == protocol.DestinationAppendDedup,
		Replace: c.DestinationSyncMode == protocol.DestinationOverwrite,
	}}
	if len(t.Key) == 0 {
		t.Key = c.Stream.SourceDefinedPrimaryKey
	}
	if len(t.Cursor) == 0 {
		t.Cursor = c.Stream.DefaultCursorField
	}
	if c.SyncID != nil {
		t.SyncID = *c.SyncID
	}
	if err := t.judgeKey(); err != nil {
		return t, err
	}
	if c.IncludeFiles {
		return t, streamErrorf(d, "The catalog asks to copy the files of stream %s, which this "+
			"destination cannot. Switch the copying of files off for this connection.", d)
	}
	if err := t.generation(c); err != nil {
		return t, err
	}
	return t, t.judgeMode(c.DestinationSyncMode, modes)
}

// judgeMode refuses what the destination does not offer. What counts is what there is to do: a
// platform that counts generations spells overwrite as append.
func (t *target) judgeMode(
	mode protocol.DestinationSyncMode, modes []protocol.DestinationSyncMode,
) error {
	lacks := func(m protocol.DestinationSyncMode) bool { return !slices.Contains(modes, m) }
	switch mode {
	case protocol.DestinationAppend, protocol.DestinationOverwrite,
		protocol.DestinationAppendDedup:
	case protocol.DestinationUpdate, protocol.DestinationSoftDelete:
		return t.modeError(mode, modes)
	default:
		return streamErrorf(t.Descriptor, "The catalog gives stream %s the destination sync mode "+
			"%q, which nobody knows. Choose one of: %s.", t.Descriptor, mode, names(modes))
	}
	switch {
	case t.Dedup && lacks(protocol.DestinationAppendDedup):
		return t.modeError(mode, modes)
	case t.Replace && lacks(protocol.DestinationOverwrite) && mode != protocol.DestinationOverwrite:
		return streamErrorf(t.Descriptor, "The catalog asks to replace what stream %s has written "+
			"before, which this destination cannot. Remove it there by hand, or sync without a "+
			"refresh.", t.Descriptor)
	case t.Replace && lacks(protocol.DestinationOverwrite),
		!t.Replace && !t.Dedup && lacks(protocol.DestinationAppend):
		return t.modeError(mode, modes)
	}
	return nil
}

func (t *target) modeError(
	mode protocol.DestinationSyncMode, modes []protocol.DestinationSyncMode,
) error {
	return streamErrorf(t.Descriptor, "The catalog gives stream %s the destination sync mode %s, "+
		"which this destination does not support. Choose one of: %s.",
		t.Descriptor, mode, names(modes))
}

func names(modes []protocol.DestinationSyncMode) string {
	texts := make([]string, len(modes))
	for i, m := range modes {
		texts[i] = string(m)
	}
	return strings.Join(texts, ", ")
}

// judgeKey refuses to deduplicate without a key.
func (t *target) judgeKey() error {
	empty := func(path []string) bool { return len(path) == 0 }
	if slices.ContainsFunc(t.Key, empty) {
		return streamErrorf(t.Descriptor, "The catalog gives stream %s a primary key with an "+
			"empty path. Choose the fields of its key again.", t.Descriptor)
	}
	if t.Dedup && len(t.Key) == 0 {
		return streamErrorf(t.Descriptor, "The catalog asks to deduplicate stream %s, which has "+
			"no primary key. Choose its key, or another sync mode.", t.Descriptor)
	}
	return nil
}

// generation reads the generation ids. A platform that knows none for this destination spells
// replacing as overwrite; one that does, as a minimum equal to the generation.
func (t *target) generation(c *protocol.ConfiguredStream) error {
	id, minimum := c.GenerationID, c.MinimumGenerationID
	if id == nil && minimum == nil {
		return nil
	}
	d := t.Descriptor
	if id == nil || minimum == nil {
		return streamErrorf(d, "The catalog gives stream %s only one of generation_id and "+
			"minimum_generation_id. It must have both or none.", d)
	}
	t.counted = true
	switch {
	case *minimum == 0 && t.Replace:
		return streamErrorf(d, "The catalog asks to overwrite stream %s and, by a "+
			"minimum_generation_id of 0, to keep it. Only one can be meant.", d)
	case *minimum == 0:
	case *minimum == *id:
		t.Replace = true
	default:
		return streamErrorf(d, "The catalog asks to keep a part of the generations of stream %s "+
			"(generation_id %d, minimum_generation_id %d), which no destination can. The minimum "+
			"must be 0 or equal to the generation.", d, *id, *minimum)
	}
	t.Generation = *id
	return nil
}

// streamErrorf is a mistake in the catalog.
func streamErrorf(d protocol.Descriptor, format string, args ...any) *protocol.Error {
	e := protocol.Errorf(protocol.ConfigError, format, args...)
	e.Stream = d
	return e
}
