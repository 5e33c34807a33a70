package entry

import (
	"encoding/json"

	"github.com/airbyte-go/cdk/protocol"
)

// ParseCatalog reads a configured catalog, in which each stream stands once. remedy says what to do
// about one without streams. The error is a *protocol.Error.
func ParseCatalog(data []byte, remedy string) (*protocol.ConfiguredCatalog, error) {
	var catalog protocol.ConfiguredCatalog
	if err := json.Unmarshal(data, &catalog); err != nil {
		return nil, protocol.Errorf(protocol.ConfigError, "The catalog is not a configured "+
			"catalog in JSON: %w. It must look like {\"streams\": [...]}, as the platform "+
			"writes it.", err)
	}
	if len(catalog.Streams) == 0 {
		return nil, protocol.Errorf(protocol.ConfigError,
			"The catalog selects no stream. %s", remedy)
	}
	seen := make(map[protocol.Descriptor]bool, len(catalog.Streams))
	for _, s := range catalog.Streams {
		d := s.Stream.Descriptor()
		if seen[d] {
			return nil, protocol.Errorf(protocol.ConfigError,
				"The catalog names stream %s twice. Name each stream once.", d)
		}
		seen[d] = true
	}
	return &catalog, nil
}
