package protocol

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func parseState(t *testing.T, text string) *State {
	t.Helper()
	m, err := Parse([]byte(`{"type":"STATE","state":` + text + `}`))
	require.NoError(t, err)
	return m.State
}

func stateText(t *testing.T, s *State) string {
	t.Helper()
	text, err := marshal(s)
	require.NoError(t, err)
	return string(text)
}

// Unknown properties come back byte for byte, at every level and in their order.
func TestStateKeepsUnknownProperties(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"top level": `{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"}},` +
			`"zeta": { "n" : 1.00 },"alpha":[1e400],"na\u006de":"\/","zeta":2}`,
		"case matters": `{"type":"STREAM","Type":"x","STREAM":1,"ID":7}`,
		"stream":       `{"stream":{"stream_descriptor":{"name":"a"},"b": 1,"a": 2}}`,
		"descriptor":   `{"stream":{"stream_descriptor":{"name":"a","y":null,"x":"1"}}}`,
		"global": `{"type":"GLOBAL","global":{"shared_state":{"lsn":1},"stream_states":[` +
			`{"stream_descriptor":{"name":"a","k": 1},"stream_state":{},"u":[]},` +
			`{"stream_descriptor":{"name":"b"},"stream_state":{"c":2},"v":{ }}],"g":"h"}}`,
		"stats": `{"type":"STREAM","sourceStats":{"recordCount":1.0,"more": 5},` +
			`"destinationStats":{"recordCount":1.0,"rejectedRecordCount":0.0,"other":null}}`,
		"bookkeeping": `{"type":"STREAM","id":9007199254740993,"partition_id":"p",` +
			`"committedRecordsCount":5,"committedBytesCount":6,"rejectedRecordsCount":7,"x":1}`,
		"bookkeeping of a stream": `{"stream":{"stream_descriptor":{"name":"a"},"id":3}}`,
		"bookkeeping of others":   `{"id":"one","partition_id":"","committedBytesCount":1.5}`,
		"bookkeeping of null":     `{"id":null,"partition_id":null}`,
		"legacy":                  `{"type":"LEGACY","data":{"a": 1},"extra":true}`,
		"no type":                 `{"data":{"users":{"c":1}}}`,
		"empty":                   `{}`,
		"known but null":          `{"data":{},"type":null,"stream":null,"sourceStats":null}`,
		"known but empty": `{"stream":{"stream_descriptor":{"name":"a","namespace":""}},` +
			`"global":{"stream_states":[{"stream_descriptor":{"name":"b","namespace":null}}]}}`,
		"empty stats": `{"sourceStats":{"recordCount":null,"additionalStats":{}}}`,
	} {
		assert.Equal(t, text, stateText(t, parseState(t, text)), name)
	}
}

func TestStreamStateNullIsNotAbsent(t *testing.T) {
	t.Parallel()
	absent := parseState(t, `{"stream":{"stream_descriptor":{"name":"a"}}}`)
	null := parseState(t, `{"stream":{"stream_descriptor":{"name":"a"},"stream_state":null}}`)
	assert.Nil(t, absent.Stream.State)
	assert.Equal(t, "null", string(null.Stream.State))
	assert.NotContains(t, stateText(t, absent), "stream_state")
	assert.Contains(t, stateText(t, null), `"stream_state":null`)
	shared := parseState(t, `{"global":{"shared_state":null,"stream_states":[]}}`)
	assert.Equal(t, "null", string(shared.Global.SharedState))
}

func TestBookkeeping(t *testing.T) {
	t.Parallel()
	s := parseState(t, `{"id":7,"partition_id":"p",`+
		`"stream":{"stream_descriptor":{"name":"a"},"id":8}}`)
	require.NotNil(t, s.ID)
	assert.Equal(t, int64(7), *s.ID)
	assert.Equal(t, "p", s.PartitionID)
	assert.Equal(t, int64(8), *s.Stream.ID)
	assert.True(t, s.Extra.IsZero())

	// Of a value that did not fit nothing remains once the field is set.
	s = parseState(t, `{"id":"one","partition_id":null,"x":1}`)
	assert.Nil(t, s.ID)
	s.ID = new(int64(3))
	assert.Equal(t, `{"id":3,"partition_id":null,"x":1}`, stateText(t, s))
}

// Thousands of unknown properties must not take quadratic time.
func TestStateWithManyUnknownProperties(t *testing.T) {
	t.Parallel()
	text := []byte(`{"type":"STATE","state":{"type":"STREAM"`)
	const properties = 50_000
	for range properties {
		text = append(text, `,"some_unknown_property":"value"`...)
	}
	m, err := Parse(append(text, "}}"...))
	require.NoError(t, err)
	n := 0
	for range m.State.Extra.All() {
		n++
	}
	assert.Equal(t, properties, n)
}

func TestUnmarshalStateTwice(t *testing.T) {
	t.Parallel()
	var s State
	require.NoError(t, json.Unmarshal([]byte(`{"type":"STREAM","x":1}`), &s))
	require.NoError(t, json.Unmarshal([]byte(`{"y":1}`), &s))
	assert.Equal(t, `{"type":"STREAM","y":1}`, stateText(t, &s))
	require.NoError(t, json.Unmarshal([]byte(`{"type":null}`), &s))
	assert.Equal(t, `{"type":null}`, stateText(t, &s))
}

func TestCount(t *testing.T) {
	t.Parallel()
	for c, want := range map[Count]string{
		0: "0.0", 12: "12.0", 1.5: "1.5", -3: "-3.0",
		1e15: "1000000000000000.0", 1e21: "1000000000000000000000.0",
	} {
		text, err := json.Marshal(c)
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
		text, err = c.append(nil)
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
	for _, c := range []Count{Count(math.NaN()), Count(math.Inf(1)), Count(math.Inf(-1))} {
		_, err := json.Marshal(c)
		require.ErrorContains(t, err, "finite")
		_, err = marshal(&State{SourceStats: &StateStats{RecordCount: &c}})
		require.ErrorContains(t, err, "sourceStats.recordCount: ")
		_, err = marshal(&StateStats{AdditionalStats: map[string]Count{"a": c}})
		require.ErrorContains(t, err, "additionalStats.a: ")
	}
	s := parseState(t, `{"sourceStats":{"recordCount":12,"additionalStats":{"b":2,"a":1.5}}}`)
	assert.Equal(t, `{"sourceStats":{"recordCount":12.0,"additionalStats":{"a":1.5,"b":2.0}}}`,
		stateText(t, s))
}

func TestDescriptor(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "users", Descriptor{Name: "users"}.String())
	assert.Equal(t, "public.users", Descriptor{Name: "users", Namespace: "public"}.String())
	byStream := map[Descriptor]int{{Name: "a", Namespace: "b"}: 1}
	s := Stream{Name: "a", Namespace: "b"}
	assert.Equal(t, 1, byStream[s.Descriptor()])
}
