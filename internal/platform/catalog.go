package platform

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/airbyte-go/cdk/protocol"
)

// OverwriteDedup is the mode of the platform's user interface that replaces a stream and keeps one
// row for each key. No connector ever sees it (A.9).
const OverwriteDedup protocol.DestinationSyncMode = "overwrite_dedup"

// Truncates tells whether a stream is to replace what older generations wrote: a full refresh
// with overwrite. A refresh and a clear do, too, and are not played.
func Truncates(s *protocol.ConfiguredStream) bool {
	return s.SyncMode == protocol.SyncFullRefresh &&
		(s.DestinationSyncMode == protocol.DestinationOverwrite ||
			s.DestinationSyncMode == OverwriteDedup)
}

// dedups tells whether the platform demands a key of every record of a stream.
func dedups(s *protocol.ConfiguredStream) bool {
	return s.DestinationSyncMode == protocol.DestinationAppendDedup ||
		s.DestinationSyncMode == OverwriteDedup
}

// checkCatalog refuses what the platform refuses before anything is read.
func checkCatalog(c *protocol.ConfiguredCatalog) error {
	if len(c.Streams) == 0 {
		return errors.New("the configured catalog has no stream; choose at least one")
	}
	seen := map[protocol.Descriptor]bool{}
	for i := range c.Streams {
		s := &c.Streams[i]
		d := s.Stream.Descriptor()
		switch {
		case seen[d]:
			return fmt.Errorf("the configured catalog has stream %s twice", d)
		case s.SyncMode == protocol.SyncIncremental && dedups(s) && len(s.PrimaryKey) == 0:
			return fmt.Errorf("stream %s is to be deduplicated and has no primary_key in the "+
				"configured catalog; the platform fails such a sync", d)
		}
		seen[d] = true
	}
	return nil
}

// catalogs are the texts of the two --catalog files of an attempt. Where the destination supports
// refreshes, replacing is said by generation ids alone, and never by the mode. Elsewhere the ids
// are absent and overwrite_dedup does not exist (A.9, two worlds). Sources never see the modes of
// data activation.
func (s *Sync) catalogs(gen generations, id int64) (source, destination []byte, err error) {
	var forSource, forDestination protocol.ConfiguredCatalog
	for _, stream := range s.Catalog.Streams {
		mode := stream.DestinationSyncMode
		if s.SupportsRefreshes {
			generation, minimum := gen[stream.Stream.Descriptor()], int64(0)
			if Truncates(&stream) {
				minimum = generation
			}
			stream.GenerationID, stream.MinimumGenerationID, stream.SyncID =
				&generation, &minimum, &id
		} else {
			stream.GenerationID, stream.MinimumGenerationID, stream.SyncID = nil, nil, nil
		}
		stream.DestinationSyncMode = modeSeen(mode, s.SupportsRefreshes)
		forDestination.Streams = append(forDestination.Streams, stream)
		if mode == protocol.DestinationUpdate || mode == protocol.DestinationSoftDelete {
			stream.DestinationSyncMode = protocol.DestinationAppend
		}
		forSource.Streams = append(forSource.Streams, stream)
	}
	if source, err = json.Marshal(forSource); err == nil {
		destination, err = json.Marshal(forDestination)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the configured catalog cannot be written: %w", err)
	}
	return source, destination, nil
}

func modeSeen(
	mode protocol.DestinationSyncMode, refreshes bool,
) protocol.DestinationSyncMode {
	switch {
	case mode == OverwriteDedup && refreshes:
		return protocol.DestinationAppendDedup
	case mode == OverwriteDedup:
		return protocol.DestinationOverwrite
	case mode == protocol.DestinationOverwrite && refreshes:
		return protocol.DestinationAppend
	}
	return mode
}

// generations are the generation ids of the streams. A stream that was never replaced has none,
// which is generation 0.
type generations map[protocol.Descriptor]int64

// begin starts an attempt: every full refresh gets a new generation and no state, except that a
// retry goes on where the destination supports refreshes, the stream is resumable and the platform
// has platform.enable-resumable-full-refresh, which is off by default (A.9, generations). Ids never
// go down.
func (s *Sync) begin(m *Memory, retry bool) {
	for i := range s.Catalog.Streams {
		stream := &s.Catalog.Streams[i]
		if stream.SyncMode != protocol.SyncFullRefresh || retry && s.goesOn(stream) {
			continue
		}
		d := stream.Stream.Descriptor()
		m.Generations[d]++
		m.States.Remove(d)
	}
}

func (s *Sync) goesOn(stream *protocol.ConfiguredStream) bool {
	return s.ResumeFullRefresh && s.SupportsRefreshes && stream.Stream.IsResumable
}
