package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/examples/internal/shop"
)

// The test binary plays three parts: it runs the tests, it is the quickstart as a process that can
// be killed, and it is a source that fails on purpose (see connector_test.go).
const (
	partVariable = "QUICKSTART_TEST_PART"
	partMain     = "main"
)

func TestMain(m *testing.M) {
	switch part := os.Getenv(partVariable); part {
	case "":
		os.Exit(m.Run())
	case partMain:
		main()
	default:
		os.Exit(playSource(part, os.Args[1]))
	}
}

// source builds examples/source-rest, once for all tests.
var source = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "quickstart-test-")
	if err != nil {
		return "", err
	}
	return buildSource(context.Background(), dir)
})

func sourceBinary(t *testing.T) string {
	t.Helper()
	binary, err := source()
	require.NoError(t, err)
	return binary
}

// ended is what a run has left behind.
type ended struct {
	code           int
	stdout, stderr string
}

// start runs the quickstart to its end, in this process; the source is a real one.
func start(ctx context.Context, args ...string) ended {
	var stdout, stderr bytes.Buffer
	code := run(ctx, args, &stdout, &stderr)
	return ended{code, stdout.String(), stderr.String()}
}

// storedIDs returns the ids in a records file, sorted by nothing but the file.
func storedIDs(t *testing.T, dir, stream string) (ids []int64) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "records", stream+".jsonl"))
	require.NoError(t, err)
	for line := range strings.Lines(string(data)) {
		var record struct{ ID int64 }
		require.NoError(t, json.Unmarshal([]byte(line), &record), line)
		ids = append(ids, record.ID)
	}
	return ids
}

// mustHoldAll fails the test unless every record that the shop has is stored.
func mustHoldAll(t *testing.T, dir string, growth int) (stored int) {
	t.Helper()
	api := shop.New(shop.Options{Growth: growth})
	for _, stream := range shop.Collections() {
		ids := storedIDs(t, dir, stream)
		distinct := map[int64]bool{}
		for _, id := range ids {
			distinct[id] = true
		}
		assert.Len(t, distinct, api.Count(stream), stream)
		assert.True(t, distinct[1] && distinct[int64(api.Count(stream))], stream)
		stored += len(ids)
	}
	return stored
}

// total is the number of records in the whole shop.
func total(growth int) (n int) {
	api := shop.New(shop.Options{Growth: growth})
	for _, stream := range shop.Collections() {
		n += api.Count(stream)
	}
	return n
}
