package transcript

import (
	"encoding/json"

	"github.com/airbyte-go/cdk/protocol"
)

// Configure puts a stream into a catalog as the platform does.
func Configure(s protocol.Stream, mode protocol.SyncMode) protocol.ConfiguredStream {
	return protocol.ConfiguredStream{
		Stream: s, SyncMode: mode, DestinationSyncMode: protocol.DestinationAppend,
		CursorField: s.DefaultCursorField, PrimaryKey: s.SourceDefinedPrimaryKey,
	}
}

// Asked returns the streams of a catalog; nil for a text that is no catalog, which a test may
// give on purpose.
func Asked(catalog []byte) (streams []protocol.Descriptor) {
	var parsed protocol.ConfiguredCatalog
	if err := json.Unmarshal(catalog, &parsed); err != nil {
		return nil
	}
	for _, s := range parsed.Streams {
		streams = append(streams, s.Stream.Descriptor())
	}
	return streams
}
