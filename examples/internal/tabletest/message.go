package tabletest

import (
	"fmt"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// Option changes a configured stream.
type Option func(*stream)

type stream = protocol.ConfiguredStream

// Stream is a stream with properties, a JSON object. It appends unless an option says otherwise.
func Stream(name, properties string, options ...Option) protocol.ConfiguredStream {
	s := protocol.ConfiguredStream{
		Stream: protocol.Stream{
			Name:       name,
			JSONSchema: []byte(`{"type":"object","properties":` + properties + `}`),
			SupportedSyncModes: []protocol.SyncMode{
				protocol.SyncFullRefresh, protocol.SyncIncremental,
			},
		},
		SyncMode:            protocol.SyncIncremental,
		DestinationSyncMode: protocol.DestinationAppend,
	}
	for _, option := range options {
		option(&s)
	}
	return s
}

// Streams is a catalog.
func Streams(streams ...protocol.ConfiguredStream) []protocol.ConfiguredStream { return streams }

// Dedup keeps one row per key.
func Dedup(cursor string, key ...string) Option {
	return func(s *stream) {
		s.DestinationSyncMode = protocol.DestinationAppendDedup
		if cursor != "" {
			s.CursorField = []string{cursor}
		}
		for _, k := range key {
			s.PrimaryKey = append(s.PrimaryKey, []string{k})
		}
	}
}

// Overwrite replaces the table, in the world without generations.
func Overwrite(s *stream) {
	s.SyncMode = protocol.SyncFullRefresh
	s.DestinationSyncMode = protocol.DestinationOverwrite
}

// Generation is of the world with generations: a least one that is equal replaces the table.
func Generation(id, least int64) Option {
	return func(s *stream) {
		sync := int64(42)
		s.GenerationID, s.MinimumGenerationID, s.SyncID = &id, &least, &sync
	}
}

// Namespace puts the stream into one.
func Namespace(name string) Option {
	return func(s *stream) { s.Stream.Namespace = name }
}

// At is a record with the time of its extraction in milliseconds.
func At(millis int64, stream, data string) string {
	return fmt.Sprintf(`{"type":"RECORD","record":{"stream":%s,"emitted_at":%d,"data":%s}}`+"\n",
		quoteJSON(stream), millis, data)
}

// Record is a record that was extracted on 2024-01-01.
func Record(stream, data string) string { return At(1704067200000, stream, data) }

// In is a record of a stream with a namespace.
func In(namespace, stream, data string) string {
	return fmt.Sprintf(`{"type":"RECORD","record":{"namespace":%s,"stream":%s,`+
		`"emitted_at":1704067200000,"data":%s}}`+"\n",
		quoteJSON(namespace), quoteJSON(stream), data)
}

// State is a state of a stream.
func State(stream string, n int) string {
	return fmt.Sprintf(`{"type":"STATE","state":{"type":"STREAM","id":%d,"stream":{`+
		`"stream_descriptor":{"name":%s},"stream_state":{"n":%d}}}}`+"\n", n, quoteJSON(stream), n)
}

// Complete says that the stream ended well, in the world with generations.
func Complete(stream string) string {
	return fmt.Sprintf(`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,`+
		`"stream_status":{"stream_descriptor":{"name":%s},"status":"COMPLETE"}}}`+"\n",
		quoteJSON(stream))
}

// replaceStream moves a record of users into another stream.
func replaceStream(line, name string) string {
	return strings.Replace(line, `"stream":"users"`, `"stream":`+quoteJSON(name), 1)
}
