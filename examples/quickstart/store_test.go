package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func openTestStore(t *testing.T, dir string) *store {
	t.Helper()
	s, err := openStore(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.close() })
	return s
}

func record(stream, data string) *protocol.Record {
	return &protocol.Record{Stream: stream, Data: json.RawMessage(data)}
}

func streamState(stream, blob string) *protocol.State {
	return &protocol.State{Type: protocol.StateStream, Stream: &protocol.StreamState{
		Descriptor: protocol.Descriptor{Name: stream}, State: json.RawMessage(blob),
	}}
}

// The order is the promise: when the state is replaced, its records are on the disk.
func TestRecordsAreDurableBeforeTheirState(t *testing.T) {
	t.Parallel()
	s := openTestStore(t, t.TempDir())
	var seen string
	s.replace = func(path string, data []byte) error {
		for _, f := range s.records {
			assert.False(t, f.dirty)
		}
		records, err := os.ReadFile(s.path("records/orders.jsonl"))
		seen = string(records)
		return errors.Join(err, replaceFile(path, data))
	}
	require.NoError(t, s.addRecord(record("orders", `{"id":1}`)))
	require.NoError(t, s.addRecord(record("orders", `{"id":2}`)))
	require.NoError(t, s.addState(streamState("orders", `{"n":2}`)))
	assert.Equal(t, "{\"id\":1}\n{\"id\":2}\n", seen)
}

func TestStatesAreKeptByStream(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestStore(t, dir)
	require.NoError(t, s.addState(streamState("a", `{"n":1}`)))
	require.NoError(t, s.addState(streamState("b", `{"n":12345678901234567890}`)))
	require.NoError(t, s.addState(streamState("a", `{"n":2}`)))
	require.NoError(t, s.close())

	again := openTestStore(t, dir)
	require.Len(t, again.states, 2)
	assert.JSONEq(t, `{"n":2}`, string(again.states[0].Stream.State))
	assert.Equal(t, `{"n":12345678901234567890}`, string(again.states[1].Stream.State))
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

func TestHalfALineIsCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content, kept string
		lines         int64
	}{
		"nothing":     {"", "", 0},
		"whole lines": {"{}\n{}\n", "{}\n{}\n", 2},
		"half a line": {"{}\n{\"id\":", "{}\n", 1},
		"only half":   {"{\"id\":1}", "", 0},
		"beyond a chunk": {strings.Repeat("x", 70_000) + "\n" + strings.Repeat("y", 70_000),
			strings.Repeat("x", 70_000) + "\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.jsonl")
			require.NoError(t, os.WriteFile(path, []byte(c.content), 0o600))
			f, err := openRecordFile(path)
			require.NoError(t, err)
			assert.Equal(t, c.lines, f.lines)
			require.NoError(t, f.append([]byte("{}")))
			require.NoError(t, f.close())
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, c.kept+"{}\n", string(content))
		})
	}
}

func TestStoredRecordsAreCounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestStore(t, dir)
	id := protocol.Descriptor{Name: "a/b", Namespace: "ns"}
	assert.Zero(t, s.stored(id))
	r := record("a/b", `{"id":1}`)
	r.Namespace = "ns"
	require.NoError(t, s.addRecord(r))
	assert.Equal(t, int64(1), s.stored(id))
	require.NoError(t, s.close())

	assert.Equal(t, int64(1), openTestStore(t, dir).stored(id))
	assert.FileExists(t, filepath.Join(dir, "records", "ns.a%2Fb.jsonl"))
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
