package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/protocol"
)

var config = Config{Journal: "testdata/journal.jsonl"}

func TestRead(t *testing.T) {
	t.Parallel()
	got := cdktest.Read(t, source{}, config)
	require.Zero(t, got.Code, got.Errors())
	assert.Len(t, got.Records("events"), 6)
}

func TestReadAgainBringsWhatIsNew(t *testing.T) {
	t.Parallel()
	grown := Config{Journal: filepath.Join(t.TempDir(), "journal.jsonl")}
	write(t, grown, `{"id":1,"kind":"a","user":"u","at":"2025-09-02T08:15:00Z"}`+"\n")
	first := cdktest.Read(t, source{}, grown)
	write(t, grown, `{"id":2,"kind":"b","user":"u","at":"2025-09-02T08:16:00Z"}`+"\n")

	second := cdktest.Read(t, source{}, grown, cdktest.State(first.LastState()))

	require.Len(t, second.Records("events"), 1)
	assert.JSONEq(t, `{"id":2,"kind":"b","user":"u","at":"2025-09-02T08:16:00Z"}`,
		string(second.Records("events")[0]))
}

// Wherever the process ends, the next one goes on without losing a record.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	cdktest.CrashEverywhere(t, source{}, config)
}

func TestBadLine(t *testing.T) {
	t.Parallel()
	broken := Config{Journal: filepath.Join(t.TempDir(), "journal.jsonl")}
	write(t, broken, `{"id":1,"kind":`+"\n")

	got := cdktest.Read(t, source{}, broken)

	assert.Equal(t, 1, got.Code)
	require.Len(t, got.Errors(), 1)
	assert.Contains(t, got.Errors()[0].Message, "line 1 of")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	got := cdktest.Check(t, source{}, config)
	assert.Equal(t, protocol.ConnectionSucceeded, got.ConnectionStatus.Status)

	got = cdktest.Check(t, source{}, Config{Journal: "testdata/gone.jsonl"})
	assert.Equal(t, protocol.ConnectionFailed, got.ConnectionStatus.Status)
	assert.Contains(t, got.ConnectionStatus.Message, "The journal cannot be opened")
}

// write appends text to the journal of a config.
func write(t *testing.T, cfg Config, text string) {
	t.Helper()
	file, err := os.OpenFile(cfg.Journal, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	_, err = file.WriteString(text)
	require.NoError(t, err)
	require.NoError(t, file.Close())
}
