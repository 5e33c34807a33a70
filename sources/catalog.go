package sources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// knownStreams are the streams of a source, in its order, by descriptor.
type knownStreams struct {
	order []protocol.Descriptor
	by    map[protocol.Descriptor]knownStream
}

type knownStream struct {
	Stream
	desc Description
}

// describe asks each stream for its description and finds the author's mistakes.
func describe(streams []Stream) (*knownStreams, error) {
	known := &knownStreams{by: make(map[protocol.Descriptor]knownStream, len(streams))}
	for i, s := range streams {
		if s == nil {
			return nil, builtWrong(fmt.Errorf("stream %d of the list is nil", i+1))
		}
		desc := s.Describe()
		if err := desc.validate(); err != nil {
			return nil, builtWrong(err)
		}
		d := desc.Descriptor()
		if _, twice := known.by[d]; twice {
			return nil, builtWrong(fmt.Errorf("it has two streams named %s", d))
		}
		known.order = append(known.order, d)
		known.by[d] = knownStream{Stream: s, desc: desc}
	}
	if len(known.order) == 0 {
		return nil, protocol.Errorf(protocol.ConfigError,
			"The source has no streams for this config.")
	}
	return known, nil
}

func builtWrong(err error) error {
	return protocol.Errorf(protocol.SystemError, "The connector is built wrong: %w.", err)
}

// names lists the streams for a sentence.
func (k *knownStreams) names() string {
	names := make([]string, len(k.order))
	for i, d := range k.order {
		names[i] = d.String()
	}
	return strings.Join(names, ", ")
}

// catalog is the answer to discover.
func (k *knownStreams) catalog(ctx context.Context) (*protocol.Catalog, error) {
	schemas, err := k.schemas(ctx)
	if err != nil {
		return nil, err
	}
	catalog := &protocol.Catalog{Streams: make([]protocol.Stream, len(k.order))}
	for i, d := range k.order {
		catalog.Streams[i] = k.by[d].desc.protocolStream(schemas[i])
	}
	return catalog, nil
}

func (d Description) protocolStream(schema json.RawMessage) protocol.Stream {
	s := protocol.Stream{
		Name: d.Name, Namespace: d.Namespace, JSONSchema: schema,
		SupportedSyncModes:      []protocol.SyncMode{protocol.SyncFullRefresh},
		SourceDefinedPrimaryKey: d.PrimaryKey,
	}
	if d.Cursor != nil {
		s.SupportedSyncModes = append(s.SupportedSyncModes, protocol.SyncIncremental)
		s.DefaultCursorField = d.cursorField()
	}
	if d.isResumable() { // the protocol asks for both with incremental, and for one with the other
		s.SourceDefinedCursor, s.IsResumable = true, true
	}
	return s
}

// everything is the catalog of a read without one: the named streams, or all, in full refresh.
func (k *knownStreams) everything(only []string) (*protocol.ConfiguredCatalog, error) {
	wanted := k.order
	if len(only) > 0 {
		var err error
		if wanted, err = k.named(only); err != nil {
			return nil, err
		}
	}
	catalog := &protocol.ConfiguredCatalog{}
	for _, d := range wanted {
		catalog.Streams = append(catalog.Streams, protocol.ConfiguredStream{
			Stream:              protocol.Stream{Name: d.Name, Namespace: d.Namespace},
			SyncMode:            protocol.SyncFullRefresh,
			DestinationSyncMode: protocol.DestinationAppend,
		})
	}
	return catalog, nil
}

// named returns the streams that a person named, with their namespace or without, in the source's
// order.
func (k *knownStreams) named(names []string) ([]protocol.Descriptor, error) {
	wanted := map[protocol.Descriptor]bool{}
	for _, name := range names {
		known := false
		for _, d := range k.order {
			if name == d.Name || name == d.String() {
				wanted[d], known = true, true
			}
		}
		if !known {
			return nil, protocol.Errorf(protocol.ConfigError,
				"--streams names %q, which the source does not have. It has: %s.", name, k.names())
		}
	}
	return slices.DeleteFunc(slices.Clone(k.order), func(d protocol.Descriptor) bool {
		return !wanted[d]
	}), nil
}

// resolve finds the stream that the catalog asks for.
func (k *knownStreams) resolve(c protocol.ConfiguredStream) (knownStream, error) {
	d := c.Stream.Descriptor()
	s, ok := k.by[d]
	if !ok {
		return s, streamErrorf(d, "The catalog selects stream %s, which the source does not have. "+
			"It has: %s. Refresh the source's schema in the connection.", d, k.names())
	}
	switch c.SyncMode {
	case protocol.SyncFullRefresh:
	case protocol.SyncIncremental:
		if s.desc.Cursor == nil {
			return s, streamErrorf(d, "The catalog asks for an incremental read of stream %s, "+
				"which supports full_refresh only. Change its sync mode.", d)
		}
	default:
		return s, streamErrorf(d, "The catalog asks for the sync mode %q of stream %s, which must "+
			"be full_refresh or incremental.", c.SyncMode, d)
	}
	return s, nil
}

func streamErrorf(d protocol.Descriptor, format string, args ...any) *protocol.Error {
	e := protocol.Errorf(protocol.ConfigError, format, args...)
	e.Stream = d
	return e
}

// streamError is err as the one ERROR trace of stream d. The user reads the text of a plain error
// too: it is all there is to go by.
func streamError(d protocol.Descriptor, err error) *protocol.Error {
	e := protocol.AsError(err)
	if _, typed := errors.AsType[*protocol.Error](err); !typed {
		e.Message = fmt.Sprintf("Stream %s could not be read: %s.", d, err)
	}
	if e.Stream == (protocol.Descriptor{}) {
		e.Stream = d
	}
	return e
}
