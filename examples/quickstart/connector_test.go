package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Parts of a connector that fails on purpose.
const (
	partRefuses = "refuses"      // its check says no
	partFails   = "fails"        // its read or write fails with a trace
	partDies    = "dies"         // its read or write ends without a word
	partBabbles = "babbles"      // its read writes lines that are no messages
	partMute    = "mute"         // answers nothing
	partGlobal  = "global state" // writes a state of all streams
)

// play is the main function of a connector that plays a part. It returns the exit code.
func play(part, verb string) int {
	if part == partMute {
		return 0
	}
	switch verb {
	case "spec":
		fmt.Println(`{"type":"SPEC","spec":{"connectionSpecification":{}}}`)
	case "check":
		status := `"status":"SUCCEEDED"`
		if part == partRefuses {
			status = `"status":"FAILED","message":"The key is wrong."`
		}
		fmt.Printf(`{"type":"CONNECTION_STATUS","connectionStatus":{%s}}`+"\n", status)
	case "discover":
		fmt.Println(`{"type":"CATALOG","catalog":{"streams":[` +
			`{"name":"a/b","json_schema":{"properties":{"id":{"type":"integer"}}},` +
			`"supported_sync_modes":["incremental"],"source_defined_primary_key":[["id"]]}]}}`)
	case "read":
		return playRead(part)
	case "write":
		return playWrite(part)
	}
	return 0
}

func playRead(part string) int {
	fmt.Println(`{"type":"RECORD","record":{"stream":"a/b","emitted_at":1,"data":{"id":1}}}`)
	switch part {
	case partFails:
		fmt.Println(`{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,` +
			`"error":{"message":"The API is gone.","internal_message":"dial"}}}`)
		return 1
	case partDies:
		return 3
	case partBabbles:
		fmt.Println("panic: not really")
		fmt.Fprintln(os.Stderr, "some words")
	case partGlobal:
		fmt.Println(`{"type":"STATE","state":{"type":"GLOBAL","global":{"stream_states":[]}}}`)
	}
	fmt.Println(`{"type":"STATE","state":{"type":"STREAM","stream":` +
		`{"stream_descriptor":{"name":"a/b"},"stream_state":{"n":1}}}}`)
	return 0
}

func playWrite(part string) int {
	switch part {
	case partFails:
		fmt.Println(`{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,` +
			`"error":{"message":"The disk is full."}}}`)
		return 1
	case partDies:
		return 3
	case partGlobal:
		fmt.Println(`{"type":"STATE","state":{"type":"GLOBAL","global":{"stream_states":[]}}}`)
		_, _ = io.Copy(io.Discard, os.Stdin)
	}
	return 0
}

// Not parallel: the part is an environment variable.
func TestSourcesThatFail(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	for _, c := range []struct {
		part string
		code int
		says string
	}{
		{partRefuses, 1, "quickstart: The key is wrong."},
		{partFails, 1, "quickstart: The API is gone."},
		{partDies, 1, "the source ended with exit code 3 and did not say why"},
		{partMute, 1, "spec of the source ended with exit code 0 and without a SPEC message"},
		{partGlobal, 1, "a STREAM state after a GLOBAL state"},
		{partBabbles, 0, "1 record in 1 stream"},
	} {
		t.Run(c.part, func(t *testing.T) {
			t.Setenv(partVariable, c.part)
			t.Setenv("GORACE", "atexit_sleep_ms=0") // a process under the race detector ends slowly
			got := start(t.Context(), arguments(t, t.TempDir(), "-json", "-source", self)...)
			assert.Equal(t, c.code, got.code)
			assert.Contains(t, got.stderr, c.says)
			assert.Equal(t, c.code == 0, got.stdout != "")
		})
	}
}

// Not parallel: the part is an environment variable.
func TestDestinationsThatFail(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	for part, says := range map[string]string{
		partRefuses: "quickstart: The key is wrong.",
		partFails:   "quickstart: The disk is full.",
		partDies:    "the destination ended with exit code 3 and did not say why",
		partMute:    "spec of the destination ended with exit code 0 and without a SPEC message",
		partGlobal:  "without the id that the platform gave it",
		partBabbles: "the destination ended before its input did",
	} {
		t.Run(part, func(t *testing.T) {
			t.Setenv(partVariable, part)
			t.Setenv("GORACE", "atexit_sleep_ms=0") // a process under the race detector ends slowly
			dir := t.TempDir()
			got := start(t.Context(), arguments(t, dir, "-destination", self)...)
			assert.Equal(t, 1, got.code)
			assert.Contains(t, got.stderr, says)
			assert.Empty(t, got.stdout)
			state, _ := os.ReadFile(filepath.Join(dir, stateFile)) // there is none, or none in it
			assert.NotContains(t, string(state), "STREAM")
		})
	}
}

func TestWhatASourceSaysIsLogged(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	t.Setenv(partVariable, partBabbles)
	t.Setenv("GORACE", "atexit_sleep_ms=0") // a process under the race detector ends slowly
	dir := t.TempDir()
	got := start(t.Context(), arguments(t, dir, "-source", self)...)
	require.Zero(t, got.code, got.stderr)
	logged, err := os.ReadFile(filepath.Join(dir, "source.log"))
	require.NoError(t, err)
	assert.Contains(t, string(logged), "INFO panic: not really\n")
	assert.Contains(t, string(logged), "some words\n")
}
