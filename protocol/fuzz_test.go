package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// seeds are lines of every type, and some that are no messages.
var seeds = []string{
	logLine,
	`{"type":"RECORD","record":{"stream":"s","namespace":"n","data":{"a":[1,{"b":null}]},` +
		`"emitted_at":1.5e12,"meta":{"changes":[{"field":"a","change":"NULLED",` +
		`"reason":"SOURCE_RETRIEVAL_ERROR"}]}}}`,
	`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"a","x":1},` +
		`"stream_state":null,"y":"\ud800"},"id":1,"z":[],` +
		`"sourceStats":{"recordCount":2,"additionalStats":{"n":1}}}}`,
	`{"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":{},"stream_states":[` +
		`{"stream_descriptor":{"name":"a"},"partition_id":"p"}],"g":{}},` +
		`"committedRecordsCount":1}}`,
	`{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"m",` +
		`"stream_descriptor":{"name":"a"}}}}`,
	`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{` +
		`"status":"RUNNING","stream_descriptor":{"name":"a"},` +
		`"reasons":[{"type":"RATE_LIMITED","rate_limited":{"quota_reset":1}}]}}}`,
	`{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":1,` +
		`"connectorConfig":{"config":{}}}}`,
	`{"type":"SPEC","spec":{"connectionSpecification":{},"authSpecification":{` +
		`"oauth2Specification":{"rootObject":["a",0]}},"advanced_auth":{` +
		`"oauth_config_specification":{"oauth_connector_input_specification":` +
		`{"state":{"min":1},"scopes":[{"scope":"a"}]}}}}}`,
	`{"type":"CATALOG","catalog":{"streams":[{"name":"a","json_schema":{},` +
		`"supported_sync_modes":["full_refresh"],"source_defined_primary_key":[["a","b"]]}]}}`,
	`{"type":"DESTINATION_CATALOG",` +
		`"destination_catalog":{"operations":[{"matching_keys":[["a"]]}]}}`,
	`{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED"}}`,
	`{"type":"FUTURE"}`, `{}`, `null`, `[`, `{"type":`, "\xff", `"` + "\x00",
}

// FuzzParse: whatever is accepted can be written, as one line, and then says the same for ever.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		m, err := Parse(line)
		if err != nil {
			require.Nil(t, m)
			return
		}
		require.True(t, json.Valid(line))
		first := writeOne(t, m)
		back, err := Parse(first)
		require.NoError(t, err)
		require.Equal(t, string(first), string(writeOne(t, back)))

		_, err = json.Marshal(m)
		require.NoError(t, err)
	})
}

// writeOne returns the line of m, which must be exactly one.
func writeOne(t *testing.T, m *Message) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, NewWriter(&out, WriterOptions{}).Write(m))
	require.Equal(t, 1, bytes.Count(out.Bytes(), []byte("\n")))
	require.NotContains(t, out.String(), "\r")
	return out.Bytes()
}

// FuzzReader: every line is reported once, as a message or as an error, and the reader agrees
// with Parse.
func FuzzReader(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s+"\n\n"+logLine+"\r\n"+s), 40)
	}
	f.Fuzz(func(t *testing.T, input []byte, maximum int) {
		want := readByHand(input, maximum)
		var got []bool
		r := NewReader(io.MultiReader(bytes.NewReader(input)), ReaderOptions{MaxLine: maximum})
		for m, err := range r.Messages() {
			bad, isLine := errors.AsType[*LineError](err)
			require.Equal(t, err != nil, isLine)
			require.Equal(t, err == nil, m != nil)
			if isLine {
				require.LessOrEqual(t, len(bad.Text), 200)
			}
			got = append(got, err == nil)
		}
		require.Equal(t, want, got)
	})
}

// readByHand tells for each line that is not blank whether it is a message.
func readByHand(input []byte, maximum int) (messages []bool) {
	if maximum <= 0 {
		maximum = defaultMaxLine
	}
	for line := range bytes.SplitSeq(input, []byte("\n")) {
		tooLong := len(bytes.TrimRight(line, "\r\n")) > maximum
		if line = bytes.Trim(line, " \t\r\n"); len(line) == 0 {
			continue
		}
		_, err := Parse(line)
		messages = append(messages, err == nil && !tooLong)
	}
	return messages
}
