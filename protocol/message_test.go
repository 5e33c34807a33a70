package protocol

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// line returns m as the writer encodes it.
func line(t *testing.T, m *Message) string {
	t.Helper()
	text, err := marshal(m)
	require.NoError(t, err)
	return string(text)
}

func TestParse(t *testing.T) {
	t.Parallel()
	m, err := Parse([]byte(`{"record":{"data":{"id":1e400},"emitted_at":1700000000000.75,` +
		`"stream":"users","namespace":null,"unknown":1},"type":"RECORD"}` + "\r\n"))
	require.NoError(t, err)
	assert.Equal(t, &Message{Type: MessageRecord, Record: &Record{
		Stream: "users", Data: json.RawMessage(`{"id":1e400}`), EmittedAt: 1_700_000_000_000,
	}}, m)
	assert.Equal(t, Descriptor{Name: "users"}, m.Record.Descriptor())
}

func TestParseKeepsNothingOfTheLine(t *testing.T) {
	t.Parallel()
	text := []byte(`{"type":"RECORD","record":{"stream":"users","data":{"id":1},"emitted_at":1}}`)
	m, err := Parse(text)
	require.NoError(t, err)
	for i := range text {
		text[i] = '#'
	}
	assert.Equal(t, `{"id":1}`, string(m.Record.Data))
	assert.Equal(t, "users", m.Record.Stream)
}

// A newer platform may send what this package does not know.
func TestParseUnknownType(t *testing.T) {
	t.Parallel()
	m, err := Parse([]byte(`{"type":"FUTURE","future":{"a":1}}`))
	require.NoError(t, err)
	assert.Equal(t, &Message{Type: "FUTURE"}, m)
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``:                             "unexpected end",
		`null`:                         "without a type",
		`{}`:                           "without a type",
		`{"type":""}`:                  "without a type",
		`{"Type":"LOG","log":{}}`:      "without a type", // names are exact
		`{"type":7}`:                   "type: want a string, have a number",
		`[]`:                           "want an object, have an array",
		`"RECORD"`:                     "want an object, have a string",
		`{"type":"LOG"}`:               "LOG without its payload",
		`{"type":"LOG","log":null}`:    "LOG without its payload",
		`{"type":"LOG","record":{}}`:   "LOG without its payload",
		`{"type":"LOG","log":"hello"}`: "log: want an object, have a string",
		`{"type":"LOG","log":{}} {}`:   "goes on after the value",
		`{"type":"LOG","log":{}`:       "EOF",
		`starting up`:                  "invalid character",
		`{"type":"STATE","state":[]}`:  "state: want an object, have an array",
		`{"type":"T","state":{"a":}}`:  "invalid character",
	} {
		m, err := Parse([]byte(text))
		require.ErrorContains(t, err, want, text)
		assert.Nil(t, m, text)
	}
}

// The error leads to the place.
func TestParseNamesThePath(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]string{
		`"trace":{"emitted_at":"now"}`:    "trace.emitted_at: want a number, have a string",
		`"trace":{"emitted_at":1e99}`:     "trace.emitted_at: the number does not fit",
		`"catalog":{"streams":{}}`:        "catalog.streams: want an array, have an object",
		`"catalog":{"streams":[{},true]}`: "catalog.streams[1]: want an object, have a boolean",
		`"catalog":{"streams":[{"is_resumable":"yes"}]}`: "catalog.streams[0].is_resumable: " +
			"want a boolean, have a string",
		`"catalog":{"streams":[{"source_defined_primary_key":[["a",1]]}]}`: "catalog.streams[0]." +
			"source_defined_primary_key[0][1]: want a string, have a number",
		`"state":{"sourceStats":{"recordCount":"5"}}`: "state.sourceStats.recordCount: " +
			"want a number, have a string",
		`"state":{"sourceStats":{"recordCount":1e999}}`: "state.sourceStats.recordCount: " +
			"the number does not fit",
		`"state":{"sourceStats":{"additionalStats":[]}}`: "state.sourceStats.additionalStats: " +
			"want an object, have an array",
		`"state":{"sourceStats":{"additionalStats":{"a":{}}}}`: "additionalStats.a: " +
			"want a number, have an object",
	} {
		_, err := Parse([]byte(`{"type":"LOG",` + payload + `}`))
		require.ErrorContains(t, err, want, payload)
	}
}

func TestNullCountsAsAbsent(t *testing.T) {
	t.Parallel()
	m, err := Parse([]byte(`{"type":"CATALOG","log":null,"catalog":{"streams":[{"name":"a",` +
		`"namespace":null,"json_schema":{},"supported_sync_modes":["full_refresh"],` +
		`"source_defined_cursor":null,"default_cursor_field":null,` +
		`"source_defined_primary_key":null,"is_resumable":null}]}}`))
	require.NoError(t, err)
	assert.Equal(t, &Catalog{Streams: []Stream{{
		Name:               "a",
		JSONSchema:         json.RawMessage(`{}`),
		SupportedSyncModes: []SyncMode{SyncFullRefresh},
	}}}, m.Catalog)
}

// Through plain encoding/json a message stays the same, but for white space and escapes.
func TestMessageThroughEncodingJSON(t *testing.T) {
	t.Parallel()
	m := &Message{Type: MessageState, State: &State{
		Type:   StateStream,
		Stream: &StreamState{Descriptor: Descriptor{Name: "a"}, State: json.RawMessage(`null`)},
		Extra:  Extra{members: []byte(`"x":1`)},
	}}
	text, err := json.Marshal(m)
	require.NoError(t, err)
	assert.Equal(t, `{"type":"STATE","state":{"type":"STREAM","stream":{`+
		`"stream_descriptor":{"name":"a"},"stream_state":null},"x":1}}`, string(text))
	var back Message
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, m, &back)
}

func TestRequiredListsAreNeverNull(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		`{"streams":[]}`:       Catalog{},
		`{"streams": []}`:      ConfiguredCatalog{},
		`{"operations":[]}`:    DestinationCatalog{},
		`{"stream_states":[]}`: GlobalState{},
		`{"name":"","json_schema":{},"supported_sync_modes":[]}`: Stream{},
		`{"connectionSpecification":{}}`:                         ConnectorSpecification{},
	} {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		assert.JSONEq(t, want, string(text))
	}
}

func TestEncodingKeepsRawBytesAndEscapesLittle(t *testing.T) {
	t.Parallel()
	m := &Message{Type: MessageControl, Control: &Control{
		Type: ControlConnectorConfig, EmittedAt: 5,
		ConnectorConfig: &ControlConfig{Config: json.RawMessage(`{ "a" : "<&>", "n": 1.00 }`)},
	}}
	assert.Equal(t, `{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":5,`+
		`"connectorConfig":{"config":{ "a" : "<&>", "n": 1.00 }}}}`, line(t, m))
	m = &Message{Type: MessageLog, Log: &Log{Level: LevelInfo, Message: "<a> & \"b\"\n\xff"}}
	assert.Equal(t, `{"type":"LOG","log":{"level":"INFO","message":"<a> & \"b\"\n`+"\ufffd"+`"}}`,
		line(t, m))
}

func TestEncodingRefusesWhatIsNotJSON(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]*Message{
		"record.data: ": {Type: MessageRecord, Record: &Record{Data: json.RawMessage(`{"a":`)}},
		"catalog.streams[1].json_schema: ": {Type: MessageCatalog, Catalog: &Catalog{
			Streams: []Stream{{}, {JSONSchema: json.RawMessage(`{} {}`)}},
		}},
		"state.stream.stream_state: ": {Type: MessageState, State: &State{
			Stream: &StreamState{State: json.RawMessage(`x`)},
		}},
		"state: unknown properties: ": {Type: MessageState, State: &State{
			Extra: Extra{members: []byte(`"x":`)},
		}},
	} {
		_, err := marshal(m)
		assert.ErrorContains(t, err, want)
		_, err = json.Marshal(m)
		assert.ErrorContains(t, err, want)
	}
}

func TestIntegerRange(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		`9223372036854775807`: 9223372036854775807, `-9223372036854775808`: -9223372036854775808,
		`1e3`: 1000, `-1.9`: -1, `12.000`: 12,
	} {
		n, err := parseInteger([]byte(text))
		require.NoError(t, err, text)
		assert.Equal(t, want, n, text)
	}
	for _, text := range []string{`9223372036854775808`, `-1e19`, `1e400`, `true`, `"1"`, `{}`} {
		_, err := parseInteger([]byte(text))
		assert.Error(t, err, text)
	}
}
