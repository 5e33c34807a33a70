package main

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// openTestStore opens the store of a folder in which there are tables.
func openTestStore(t *testing.T, dir string) *store {
	t.Helper()
	s, err := openStore(dir)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(s.path(tablesFile), nil, 0o600))
	return s
}

func streamState(stream, blob string) *protocol.State {
	return &protocol.State{Type: protocol.StateStream, Stream: &protocol.StreamState{
		Descriptor: protocol.Descriptor{Name: stream}, State: json.RawMessage(blob),
	}}
}

func TestStatesAreKeptByStream(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestStore(t, dir)
	require.NoError(t, s.addState(streamState("a", `{"n":1}`)))
	require.NoError(t, s.addState(streamState("b", `{"n":12345678901234567890}`)))
	require.NoError(t, s.addState(streamState("a", `{"n":2}`)))

	again := openTestStore(t, dir)
	require.Len(t, again.states, 2)
	assert.JSONEq(t, `{"n":2}`, string(again.states[0].Stream.State))
	assert.Equal(t, `{"n":12345678901234567890}`, string(again.states[1].Stream.State))

	// Without the tables the states would hide what is to be read again.
	require.NoError(t, os.Remove(again.path(tablesFile)))
	assert.Empty(t, openTestStore(t, dir).states)
}

// Whatever goes wrong while a state is written, the old one stays.
func TestAStateIsReplacedInWhole(t *testing.T) {
	t.Parallel()
	s := openTestStore(t, t.TempDir())
	require.NoError(t, s.addState(streamState("a", `{"n":1}`)))
	old, err := os.ReadFile(s.path("state.json"))
	require.NoError(t, err)

	// A folder in the place of the new file lets the write fail before the rename.
	require.NoError(t, os.Mkdir(s.path("state.json.next"), 0o700))
	require.Error(t, s.addState(streamState("a", `{"n":2}`)))
	kept, err := os.ReadFile(s.path("state.json"))
	require.NoError(t, err)
	assert.Equal(t, string(old), string(kept))

	// What a killed process left of the new file does no harm either.
	require.NoError(t, os.Remove(s.path("state.json.next")))
	require.NoError(t, os.WriteFile(s.path("state.json.next"), []byte(`[{"half`), 0o600))
	require.NoError(t, openTestStore(t, s.dir).addState(streamState("a", `{"n":3}`)))
	kept, err = os.ReadFile(s.path("state.json"))
	require.NoError(t, err)
	assert.Contains(t, string(kept), `{"n":3}`)
	assert.True(t, json.Valid(kept))
}

func TestStatesOfOtherKindsAreRefused(t *testing.T) {
	t.Parallel()
	s := openTestStore(t, t.TempDir())
	err := s.addState(&protocol.State{Type: protocol.StateGlobal, Global: &protocol.GlobalState{}})
	assert.ErrorContains(t, err, "GLOBAL")
	assert.NoFileExists(t, s.path("state.json"))
}

func TestGrowthOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for want := range 3 {
		s := openTestStore(t, dir)
		assert.Equal(t, want, s.shop.Growth)
		require.NoError(t, s.grow())
	}
}
