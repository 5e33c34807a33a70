package platform_test

import (
	"fmt"

	"github.com/airbyte-go/cdk/protocol"
)

// Lines that a source writes.

func record(stream, data string) string {
	return fmt.Sprintf(`{"type":"RECORD","record":{"stream":%q,"data":%s,"emitted_at":1}}`,
		stream, data)
}

func state(stream, blob string) string { return stateWith(stream, blob, "") }

// stateWith has more properties at the top.
func stateWith(stream, blob, more string) string {
	return fmt.Sprintf(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":`+
		`{"name":%q},"stream_state":%s}%s}}`, stream, blob, more)
}

// global has one part, of stream a.
func global(shared, blob string) string {
	return fmt.Sprintf(`{"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":%s,`+
		`"stream_states":[{"stream_descriptor":{"name":"a"},"stream_state":%s}]}}}`, shared, blob)
}

func trace(text string) string {
	return `{"type":"TRACE","trace":{"emitted_at":1,` + text + `}}`
}

// status may have more properties.
func status(stream, status, more string) string {
	return trace(fmt.Sprintf(`"type":"STREAM_STATUS","stream_status":{"stream_descriptor":`+
		`{"name":%q},"status":%q%s}`, stream, status, more))
}

// failure is an ERROR trace of a moment.
func failure(at int, message, more string) string {
	return fmt.Sprintf(`{"type":"TRACE","trace":{"type":"ERROR","emitted_at":%d,"error":`+
		`{"message":%q%s}}}`, at, message, more)
}

func control(config string) string {
	return `{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":1,` +
		`"connectorConfig":{"config":` + config + `}}}`
}

// whole puts the statuses of a stream around its lines.
func whole(stream string, lines ...string) []string {
	all := append([]string{status(stream, "STARTED", ""), status(stream, "RUNNING", "")}, lines...)
	return append(all, status(stream, "COMPLETE", ""))
}

const (
	record1  = `{"type":"RECORD","record":{"stream":"a","data":{"i":1},"emitted_at":1}}`
	infoLine = `{"type":"LOG","log":{"level":"INFO","message":"hello"}}`
)

// incremental is stream a of a catalog.
func incremental(to protocol.DestinationSyncMode) protocol.ConfiguredStream {
	return protocol.ConfiguredStream{
		Stream: protocol.Stream{
			Name: "a", JSONSchema: []byte(`{}`),
			SupportedSyncModes: []protocol.SyncMode{
				protocol.SyncFullRefresh, protocol.SyncIncremental,
			},
		},
		SyncMode: protocol.SyncIncremental, DestinationSyncMode: to,
	}
}

// fullRefresh is a stream that is read as a whole.
func fullRefresh(name string, to protocol.DestinationSyncMode) protocol.ConfiguredStream {
	s := incremental(to)
	s.Stream.Name, s.SyncMode = name, protocol.SyncFullRefresh
	return s
}

func catalogOf(streams ...protocol.ConfiguredStream) *protocol.ConfiguredCatalog {
	return &protocol.ConfiguredCatalog{Streams: streams}
}

func appending() *protocol.ConfiguredCatalog {
	return catalogOf(incremental(protocol.DestinationAppend))
}
