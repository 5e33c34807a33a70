package platform_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

const newest = `[
{"type":"STREAM","stream":{"stream_descriptor":{"name":"b"},"stream_state":{"i":2}}},
{"type":"STREAM","stream":{"stream_descriptor":{"name":"a","namespace":"z"},"stream_state":{}}}
]`

// The states of streams stand in the order of their names, one a line (A.9).
func TestStatesFile(t *testing.T) {
	t.Parallel()
	var s platform.States
	assert.Equal(t, "[]", string(s.File()))
	assert.Zero(t, s.Len())
	take(t, &s, `{"type":"STREAM","stream":{"stream_descriptor":{"name":"a","namespace":"z"},`+
		`"stream_state":{}}}`)
	take(t, &s, `{"type":"STREAM","stream":{"stream_descriptor":{"name":"b"},"stream_state":0}}`)
	take(t, &s, `{"type":"STREAM","stream":{"stream_descriptor":{"name":"b"},`+
		`"stream_state":{"i":2}}}`)
	assert.Equal(t, newest, string(s.File()))
	again, err := platform.ParseStates(s.File())
	require.NoError(t, err)
	assert.Equal(t, newest, string(again.File()))
	assert.Equal(t, 2, again.Len())
	assert.Equal(t, `{"i":2}`, string(again.Of(protocol.Descriptor{Name: "b"})))
	assert.Nil(t, again.Of(protocol.Descriptor{Name: "c"}))
}

// A null state takes the stream's state away (A.3).
func TestStatesNull(t *testing.T) {
	t.Parallel()
	s, err := platform.ParseStates([]byte(newest))
	require.NoError(t, err)
	take(t, s, `{"type":"STREAM","stream":{"stream_descriptor":{"name":"b"},"stream_state":null}}`)
	assert.Equal(t, 1, s.Len())
	s.Remove(protocol.Descriptor{Name: "a", Namespace: "z"})
	assert.Equal(t, "[]", string(s.File()))
}

// A source of another version may have states of the other kind; what it had before is void.
func TestStatesChangeKind(t *testing.T) {
	t.Parallel()
	s, err := platform.ParseStates([]byte(newest))
	require.NoError(t, err)
	take(t, s, `{"type":"GLOBAL","global":{"shared_state":{"lsn":7},"stream_states":[`+
		`{"stream_descriptor":{"name":"a"},"stream_state":{"i":3}},`+
		`{"stream_descriptor":{"name":"b"},"stream_state":null}]}}`)
	assert.Equal(t, 1, s.Len())
	again, err := platform.ParseStates(s.File())
	require.NoError(t, err)
	for _, s := range []*platform.States{s, again} {
		assert.Equal(t, `{"i":3}`, string(s.Of(protocol.Descriptor{Name: "a"})))
		assert.Nil(t, s.Of(protocol.Descriptor{Name: "b"}))
		assert.Contains(t, string(s.File()), `"shared_state":{"lsn":7}`)
	}
	s.Remove(protocol.Descriptor{Name: "a"})
	assert.Nil(t, s.Of(protocol.Descriptor{Name: "a"}))
	assert.Contains(t, string(s.File()), `"lsn":7`)
	take(t, s, `{"type":"STREAM","stream":{"stream_descriptor":{"name":"c"},"stream_state":{}}}`)
	assert.Equal(t, 1, s.Len(), "what was there before the GLOBAL state is back")
	take(t, again, `{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},`+
		`"stream_state":null}}`)
	assert.Equal(t, "[]", string(again.File()))
	take(t, again, `{"data":{"a":1}}`) // LEGACY
	assert.Equal(t, "[]", string(again.File()))
}

func TestParseStatesRefuses(t *testing.T) {
	t.Parallel()
	s, err := platform.ParseStates([]byte(`{"type":"STREAM"`))
	require.ErrorContains(t, err, "Invalid state")
	assert.Equal(t, "[]", string(s.File()))
}

func take(t *testing.T, s *platform.States, text string) {
	t.Helper()
	m, err := protocol.Parse([]byte(`{"type":"STATE","state":` + text + `}`))
	require.NoError(t, err)
	s.Take(m.State)
}

// FuzzParseStates: what is read is written so that it is read again as the same.
func FuzzParseStates(f *testing.F) {
	for _, seed := range []string{
		newest, "", "null", `{"a":{"i":1}}`, `[{"type":"GLOBAL","global":{"stream_states":[]}}]`,
		`[{"type":"GLOBAL","global":{"shared_state":1,"stream_states":[{"stream_descriptor":` +
			`{"name":"a"},"stream_state":null}]}}]`,
		strings.Repeat("[", 100),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := platform.ParseStates(file)
		if err != nil {
			return
		}
		again, err := platform.ParseStates(s.File())
		require.NoError(t, err)
		assert.Equal(t, string(s.File()), string(again.File()))
	})
}
