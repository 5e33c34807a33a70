package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

const (
	streamA = `{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":{"c":1}}}`
	streamB = `{"type":"STREAM","stream":{"stream_descriptor":{"name":"b","namespace":"n"},` +
		`"stream_state":{}}}`
	streamOfNull = `{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":null}}`
	streamOfNone = `{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"}}}`
	global       = `{"type":"GLOBAL","global":{"shared_state":{"lsn": 9007199254740993},` +
		`"stream_states":[{"stream_descriptor":{"name":"a"},"stream_state":{"c":1}},` +
		`{"stream_descriptor":{"name":"b","namespace":"n"},"stream_state":null}]}}`
	emptyGlobal = `{"type":"GLOBAL","global":{"stream_states":[]}}`
	legacy      = `{"a":{"c":1},"b":null}`
	oddLegacy   = `{"type":{"x":1},"stream":{"y":2},"global":{},"data":{}}`
)

// list returns the streams of a set with their states.
func list(s *Set) []string {
	var all []string
	for d, raw := range s.Streams() {
		all = append(all, d.String()+" "+string(raw))
	}
	return all
}

func untyped(state string) string {
	_, rest, _ := strings.Cut(state, ",")
	return "{" + rest
}

func TestParse(t *testing.T) {
	t.Parallel()
	a := []string{`a {"c":1}`}
	odd := []string{`type {"x":1}`, `stream {"y":2}`, "global {}", "data {}"}
	for name, c := range map[string]struct {
		text string
		kind protocol.StateType
		want []string
	}{
		"array of STREAM":    {"[" + streamA + "," + streamB + "]", "STREAM", append(a, "n.b {}")},
		"one STREAM":         {" " + streamA + "\n", "STREAM", a},
		"STREAM of null":     {"[" + streamOfNull + "]", "STREAM", nil},
		"STREAM of none":     {"[" + streamOfNone + "]", "STREAM", nil},
		"STREAM, no type":    {"[" + untyped(streamA) + "]", "STREAM", a},
		"one, no type":       {untyped(streamA), "STREAM", a},
		"GLOBAL":             {global, "GLOBAL", a},
		"array of GLOBAL":    {"[" + global + "]", "GLOBAL", a},
		"empty GLOBAL":       {emptyGlobal, "GLOBAL", nil},
		"GLOBAL of null":     {`[{"type":"GLOBAL","global":{"shared_state":null}}]`, "GLOBAL", nil},
		"GLOBAL, no type":    {untyped(global), "GLOBAL", a},
		"legacy object":      {legacy, "LEGACY", a},
		"LEGACY":             {`{"type":"LEGACY","data":` + legacy + `}`, "LEGACY", a},
		"array of LEGACY":    {`[{"type":"LEGACY","data":` + legacy + `}]`, "LEGACY", a},
		"LEGACY of nothing":  {`[{"type":"LEGACY","data":{}}]`, "LEGACY", nil},
		"LEGACY, no type":    {`{"data":` + legacy + `}`, "LEGACY", a},
		"odd legacy streams": {oddLegacy, "LEGACY", odd},
		"STATE message":      {`{"type":"STATE","state":` + streamA + `}`, "STREAM", a},
		"STATE messages":     {`[{"type":"STATE","state":` + global + `}]`, "GLOBAL", a},
		"nothing":            {"", "", nil},
		"white space":        {" \n\t", "", nil},
		"null":               {"null", "", nil},
		"empty object":       {"{ }", "", nil},
		"empty array":        {"[ ]", "", nil},
	} {
		s, err := Parse([]byte(c.text))
		require.NoError(t, err, name)
		assert.Equal(t, c.kind, s.Kind(), name)
		assert.Equal(t, c.want, list(s), name)
		assert.Equal(t, len(c.want), s.Len(), name)
	}
}

func TestParseShared(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		global: `{"lsn": 9007199254740993}`, emptyGlobal: "", streamA: "", legacy: "", "": "",
		`{"global":{"shared_state":null,"stream_states":[]}}`: "",
	} {
		s, err := Parse([]byte(text))
		require.NoError(t, err)
		assert.Equal(t, want, string(s.Shared()), text)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"a":`:                   "it is not JSON",
		`[] x`:                    "it is not JSON",
		`7`:                       "it must be an array of states",
		`"STREAM"`:                "it must be an array of states",
		`{"":{}}`:                 "a stream without a name",
		`{"a":{},"a":{}}`:         `the stream "a" appears a second time`,
		`{"cursor":"2026-01-01"}`: `the state of stream "cursor" is not an object`,
		`{"type":"DONE"}`:         `the type "DONE" is not STREAM, GLOBAL or LEGACY`,
	} {
		assertRefused(t, text, "Invalid state: "+want)
	}
}

func TestParseRefusesElements(t *testing.T) {
	t.Parallel()
	for elements, want := range map[string]string{
		`7`:                             "1: it is not an object",
		streamA + ",[]":                 "2: it is not an object",
		`{}`:                            "1: it has none of the members stream, global and data",
		`{"type":1}`:                    "1: type: want a string, have a number",
		`{"type":"DONE"}`:               `1: the type "DONE" is not STREAM, GLOBAL or LEGACY`,
		`{"type":"STREAM"}`:             "1: a STREAM state needs the member stream",
		`{"type":"GLOBAL"}`:             "1: a GLOBAL state needs the member global",
		`{"type":"LEGACY"}`:             "1: the data of a LEGACY state must be an object",
		`{"data":[]}`:                   "1: the data of a LEGACY state must be an object",
		`{"type":"STATE"}`:              "1: it is not an object",
		`{"stream":{}}`:                 "1: a stream without a name",
		`{"stream":[]}`:                 "1: stream: want an object, have an array",
		emptyGlobal + "," + streamA:     "2: a STREAM state cannot stand beside a GLOBAL state",
		streamA + "," + global:          "2: a GLOBAL state cannot stand beside a STREAM state",
		streamA + "," + streamOfNone:    `2: the stream "a" appears a second time`,
		emptyGlobal + "," + emptyGlobal: "2: there may be only one GLOBAL state",
		`{"data":{}},{"data":{}}`:       "2: there may be only one LEGACY state",
		`{"stream":{"stream_descriptor":{"name":"a","namespace":"n"},"stream_state":[]}}`: `1: the ` +
			`state of stream "n.a" is not an object`,
		`{"global":{"shared_state":5}}`: "1: the shared_state is not an object",
		`{"global":{"stream_states":[{"stream_descriptor":{"name":"a"},"stream_state":{}},` +
			`{"stream_descriptor":{"name":"a"}}]}}`: `1: the stream "a" appears a second time`,
	} {
		assertRefused(t, "["+elements+"]", "Invalid state: element "+want)
	}
}

func assertRefused(t *testing.T, text, want string) {
	t.Helper()
	s, err := Parse([]byte(text))
	assert.Nil(t, s, text)
	e, ok := errors.AsType[*protocol.Error](err)
	require.True(t, ok, text)
	assert.Equal(t, protocol.ConfigError, e.Type, text)
	assert.Contains(t, e.Message, want, text)
	assert.Contains(t, e.Message, "Correct it, or give no state", text)
}

func TestParseKeepsNothingOfTheInput(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"[" + streamA + "]", global, legacy} {
		text := []byte(form)
		s, err := Parse(text)
		require.NoError(t, err)
		for i := range text {
			text[i] = '#'
		}
		assert.Equal(t, []string{`a {"c":1}`}, list(s))
	}
}

// FuzzParse: whatever is accepted holds objects only, each stream can be found, and given again
// as STREAM states they make the same set.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"[" + streamA + "," + streamB + "]", streamOfNull, global, legacy, oddLegacy, "",
		`{"type":"STATE","state":{"data":{"a":{}}}}`, `[{"type":"LEGACY","data":{}}]`, "null",
		`[[]]`, `{"data":{"\ud800":{}}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse(data)
		if err != nil {
			_, ok := errors.AsType[*protocol.Error](err)
			require.True(t, ok)
			return
		}
		var again []string
		for d, raw := range s.Streams() {
			require.True(t, json.Valid(raw) && raw[0] == '{')
			found, ok := s.Stream(d)
			require.True(t, ok)
			require.Equal(t, string(raw), string(found))
			again = append(again, streamText(t, d, raw))
		}
		back, err := Parse(fmt.Appendf(nil, "[%s]", strings.Join(again, ",")))
		require.NoError(t, err)
		require.Equal(t, list(s), list(back))
	})
}

func streamText(t *testing.T, d protocol.Descriptor, raw json.RawMessage) string {
	t.Helper()
	text, err := protocol.State{
		Type:   protocol.StateStream,
		Stream: &protocol.StreamState{Descriptor: d, State: raw},
	}.MarshalJSON()
	require.NoError(t, err)
	return string(text)
}
