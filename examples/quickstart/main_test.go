package main

import (
	"bytes"
	"context"
	"encoding/json"
	nethttp "net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/examples/internal/shop"
)

// The test binary plays three parts: it runs the tests, it is the quickstart as a process that can
// be killed, and it is a connector that fails on purpose (see connector_test.go).
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
		os.Exit(play(part, os.Args[1]))
	}
}

// connectors builds the two connectors, once for all tests, and returns their folder.
var connectors = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "quickstart-test-")
	if err != nil {
		return "", err
	}
	return dir, buildConnectors(context.Background(), dir, "source-rest", "destination-sqlite")
})

// binary is the path of a connector that is built.
func binary(t *testing.T, name string) string {
	t.Helper()
	dir, err := connectors()
	require.NoError(t, err)
	return binaryPath(dir, name)
}

// arguments are those of a run with the connectors that are built.
func arguments(t *testing.T, dir string, more ...string) []string {
	t.Helper()
	return append([]string{
		"-dir", dir, "-source", binary(t, "source-rest"),
		"-destination", binary(t, "destination-sqlite"),
	}, more...)
}

// ended is what a run has left behind.
type ended struct {
	code           int
	stdout, stderr string
}

// start runs the quickstart to its end, in this process; the connectors are real ones.
func start(ctx context.Context, args ...string) ended {
	var stdout, stderr bytes.Buffer
	code := run(ctx, args, &stdout, &stderr)
	return ended{code, stdout.String(), stderr.String()}
}

// version is one version of a record.
type version struct {
	ID        int64
	UpdatedAt time.Time `json:"updated_at"`
}

// offered is what the shop has in a collection.
func offered(t *testing.T, api *shop.API, collection string) (all []version) {
	t.Helper()
	for cursor := ""; ; {
		q := url.Values{"cursor": {cursor}}
		r := httptest.NewRequest(nethttp.MethodGet, "/v1/"+collection+"?"+q.Encode(), nil)
		r.Header.Set("Authorization", "Bearer "+shop.DefaultKey)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		var page struct {
			Data []version
			Meta struct {
				NextCursor string `json:"next_cursor"`
			}
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &page))
		all = append(all, page.Data...)
		if cursor = page.Meta.NextCursor; cursor == "" {
			return all
		}
	}
}

// stored is what is in a table.
func stored(t *testing.T, dir, table string) (all []version) {
	t.Helper()
	db, err := openTables(filepath.Join(dir, tablesFile))
	require.NoError(t, err)
	defer db.Close()
	found, err := db.QueryContext(t.Context(), "SELECT id, updated_at FROM "+table)
	require.NoError(t, err)
	defer found.Close()
	for found.Next() {
		var id int64
		var at string
		require.NoError(t, found.Scan(&id, &at))
		updated, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		all = append(all, version{id, updated})
	}
	require.NoError(t, found.Err())
	return all
}

// mustHoldAll fails the test unless the tables hold each record of the shop once, as it is now.
func mustHoldAll(t *testing.T, dir string, growth int) {
	t.Helper()
	api := shop.New(shop.Options{Growth: growth})
	for _, name := range shop.Collections() {
		assert.ElementsMatch(t, offered(t, api, name), stored(t, dir, name), name)
	}
}
