package cdktest

import (
	"encoding/json"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/protocol"
)

// catalogFile is the text of the catalog for a read; nil when there is to be none.
func (c *connector) catalogFile() []byte {
	c.t.Helper()
	selected := c.selected
	switch {
	case c.catalog != nil:
		return c.catalog
	case len(selected) > 0:
	case c.limit != 0 || len(c.streams) > 0:
		return nil
	default:
		selected = []selection{{mode: protocol.SyncIncremental}}
	}
	known := c.known()
	var catalog protocol.ConfiguredCatalog
	for _, s := range selected {
		catalog.Streams = append(catalog.Streams, s.of(known)...)
	}
	if len(catalog.Streams) == 0 { // discover has failed; so will the read, and say why
		return nil
	}
	if c.generation != 0 {
		for i := range catalog.Streams {
			generate(&catalog.Streams[i], c.generation)
		}
	}
	text, err := json.Marshal(catalog)
	require.NoError(c.t, err, "the catalog cannot be written as JSON")
	return text
}

// known are the streams that the connector has for its config.
func (c *connector) known() []protocol.Stream {
	c.t.Helper()
	if found := c.discover().Catalog; found != nil {
		return found.Streams
	}
	return nil
}

// of returns the selected streams as the platform puts them into a catalog.
func (s selection) of(known []protocol.Stream) (configured []protocol.ConfiguredStream) {
	if len(s.streams) == 0 {
		for _, stream := range known {
			mode := s.mode
			if !slices.Contains(stream.SupportedSyncModes, mode) {
				mode = protocol.SyncFullRefresh
			}
			configured = append(configured, transcript.Configure(stream, mode))
		}
		return configured
	}
	for _, name := range s.streams {
		stream := protocol.Stream{Name: name, SupportedSyncModes: []protocol.SyncMode{s.mode}}
		for _, k := range known {
			if isNamed(k.Descriptor(), name) {
				stream = k
				break
			}
		}
		configured = append(configured, transcript.Configure(stream, s.mode))
	}
	return configured
}

// generate gives a stream the numbers of a generation. One that is read in full replaces what older
// generations wrote.
func generate(s *protocol.ConfiguredStream, id int64) {
	s.GenerationID, s.MinimumGenerationID, s.SyncID = &id, new(int64), new(id)
	if s.SyncMode == protocol.SyncFullRefresh {
		s.MinimumGenerationID = &id
	}
}

// isNamed reports whether a test that says name means the stream d.
func isNamed(d protocol.Descriptor, name string) bool {
	return d.String() == name || d.Name == name
}
