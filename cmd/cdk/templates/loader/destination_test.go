package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
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

// tests are what the kit must know of the destination to judge it. What a spec does not offer is
// skipped: this one offers append.
func tests(cfg Config) cdktest.DestinationTests {
	return cdktest.DestinationTests{
		Config: cfg,
		Rows: func(_ context.Context, d protocol.Descriptor) (found []json.RawMessage, err error) {
			files, err := filepath.Glob(filepath.Join(cfg.Folder, folderName(d), "*.jsonl"))
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					return nil, err
				}
				for line := range bytes.Lines(text) {
					found = append(found, line)
				}
			}
			return found, err
		},
		Skip: map[string]string{"rejected_records": "a file holds every record"},
	}
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
