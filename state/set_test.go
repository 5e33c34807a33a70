package state

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func parse(t *testing.T, text string) *Set {
	t.Helper()
	s, err := Parse([]byte(text))
	require.NoError(t, err)
	return s
}

func TestStream(t *testing.T) {
	t.Parallel()
	s := parse(t, "["+streamB+"]")
	raw, ok := s.Stream(protocol.Descriptor{Name: "b", Namespace: "n"})
	assert.True(t, ok)
	assert.Equal(t, `{}`, string(raw))
	raw, ok = s.Stream(protocol.Descriptor{Name: "b"})
	assert.False(t, ok, "the namespace counts")
	assert.Nil(t, raw)

	_, ok = parse(t, legacy).Stream(protocol.Descriptor{Name: "a", Namespace: "n"})
	assert.True(t, ok, "a legacy state knows no namespaces")
	_, ok = new(Set).Stream(protocol.Descriptor{Name: "a"})
	assert.False(t, ok)
}

func TestStreamsMayStop(t *testing.T) {
	t.Parallel()
	for range parse(t, `{"a":{},"b":{}}`).Streams() {
		break
	}
}

type position struct {
	ID  int64 `json:"id"`
	Any any   `json:"any"`
}

func TestOf(t *testing.T) {
	t.Parallel()
	s := parse(t, `{"a":{"id":9007199254740993,"any":{"n":1e400}},"b":{"id":"x"}}`)
	p, ok, err := Of[position](s, protocol.Descriptor{Name: "a"})
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, int64(9007199254740993), p.ID)
	assert.Equal(t, map[string]any{"n": json.Number("1e400")}, p.Any)

	raw, ok, err := Of[json.RawMessage](s, protocol.Descriptor{Name: "b"})
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, `{"id":"x"}`, string(raw))

	_, ok, err = Of[position](s, protocol.Descriptor{Name: "absent"})
	require.NoError(t, err)
	assert.False(t, ok)
}

func TestOfAnotherType(t *testing.T) {
	t.Parallel()
	s := parse(t, `{"a":{"any":1,"id":"x"}}`)
	p, ok, err := Of[position](s, protocol.Descriptor{Name: "a"})
	assert.False(t, ok)
	assert.Zero(t, p)
	e, isError := errors.AsType[*protocol.Error](err)
	require.True(t, isError)
	assert.Equal(t, protocol.ConfigError, e.Type)
	assert.Equal(t, "a", e.Stream.Name)
	assert.Contains(t, e.Message, `The saved state of stream "a"`)
	assert.Contains(t, e.Message, "reset the stream")
}
