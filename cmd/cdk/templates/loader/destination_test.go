package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// newConfig names a folder of the test's own.
func newConfig(t *testing.T) Config {
	t.Helper()
	return Config{Folder: filepath.Join(t.TempDir(), "out")}
}

// rows reads all files of a stream.
func rows(t *testing.T, cfg Config, stream string) (lines []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cfg.Folder, stream, "*.jsonl"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			require.True(t, json.Valid([]byte(line)), "%s is not whole", file)
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func TestWrite(t *testing.T) {
	t.Parallel()
	messages, err := os.ReadFile("testdata/messages.jsonl")
	require.NoError(t, err)
	cfg := newConfig(t)

	for i := range 2 { // the second write adds to what is there
		code, answer := write(t, cfg, string(messages))
		require.Zero(t, code, answer)
		assert.Equal(t, 2, strings.Count(answer, `"type":"STATE"`), answer)
		assert.Len(t, rows(t, cfg, "customers"), 3*(i+1))
	}

	visits := rows(t, cfg, "visits")
	require.Len(t, visits, 4)
	assert.Equal(t, `{"customer_id":1,"page":"/","at":"2025-09-01T07:59:00Z"}`, visits[0])
}

// Whenever the process ends, the next one goes on without losing a record. One whose state had not
// come back yet may be there twice.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	acknowledged := 0
	for range 5 {
		acknowledged = killed(t, cfg, acknowledged)
	}

	code, answer := write(t, cfg, visit(acknowledged+1))

	require.Zero(t, code, answer)
	there := map[int]bool{}
	for _, row := range rows(t, cfg, "visits") {
		var record struct {
			ID int `json:"customer_id"`
		}
		require.NoError(t, json.Unmarshal([]byte(row), &record))
		there[record.ID] = true
	}
	for id := range acknowledged + 1 {
		assert.True(t, there[id+1], "visit %d is lost", id+1)
	}
}

func TestReadersSeeWholeFilesOnly(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	visits, err := folder(cfg.Folder).of(protocol.Descriptor{Name: "visits"})
	require.NoError(t, err)
	long := destinations.Record{Data: []byte(`{"page":"` + strings.Repeat("x", 1<<20) + `"}`)}

	err = visits.write(func(yield func(destinations.Record) bool) {
		yield(long)
		assert.Empty(t, rows(t, cfg, "visits"), "the batch has not ended")
		yield(long)
	})

	require.NoError(t, err)
	assert.Len(t, rows(t, cfg, "visits"), 2)
}

func TestStreamsHaveFoldersOfTheirOwn(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, d := range []protocol.Descriptor{
		{}, {Name: "."}, {Name: ".."}, {Name: "a/b"}, {Name: "a", Namespace: "b"},
		{Name: "b,a"}, {Name: "a%2Fb"}, {Name: `a\b`},
	} {
		name := folderName(d)
		assert.True(t, filepath.IsLocal(name), name)
		assert.NotContains(t, name, "/")
		names[name] = true
	}
	assert.Len(t, names, 8)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	require.NoError(t, destination{}.Check(t.Context(), cfg))

	require.NoError(t, os.WriteFile(filepath.Join(cfg.Folder, "file"), nil, 0o600))
	err := destination{}.Check(t.Context(), Config{Folder: filepath.Join(cfg.Folder, "file")})
	require.ErrorContains(t, err, "the folder cannot be made")
}
