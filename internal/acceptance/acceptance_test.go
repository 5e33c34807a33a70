package acceptance

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// outcomes judges a connector and returns what its checks found, by name.
func outcomes(t *testing.T, conn Connector) map[string]*Verdict {
	t.Helper()
	cfg, err := ReadConfig("testdata/acceptance-test-config.yml")
	require.NoError(t, err)
	found := map[string]*Verdict{}
	for _, c := range Plan(conn, cfg, Options{}) {
		require.NotContains(t, found, c.Name)
		found[c.Name] = c.Run(t.Context())
	}
	return found
}

func TestCorrectConnectorPasses(t *testing.T) {
	t.Parallel()
	var skipped []string
	found := outcomes(t, &scripted{t: t})
	for _, name := range sorted(found) {
		v := found[name]
		assert.Empty(t, v.Failures, name)
		if name != "output/measured" && name != "process/sigterm" {
			assert.Empty(t, v.Notes, name)
		}
		if v.Skipped != "" {
			skipped = append(skipped, name)
		}
	}
	assert.Equal(t, []string{ // what cannot be seen from here
		"basic_read/1/file_types", "connection/2/empty_config", "connection/3/empty_config",
		"connector_attributes/1/allowed_hosts", "connector_attributes/1/suggested_streams",
		"connector_documentation/pages", "spec/1/image",
	}, skipped)
}

// TestCatalogWithoutStreams: there is nothing to read, which the config file must mend.
func TestCatalogWithoutStreams(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "catalog.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"streams":[]}`), 0o600))
	cfg, err := ReadConfig("testdata/acceptance-test-config.yml")
	require.NoError(t, err)
	cfg.Suites.BasicRead.Tests[0].CatalogPath = file
	for _, c := range Plan(&scripted{t: t}, cfg, Options{}) {
		v := c.Run(t.Context())
		switch c.Name {
		case "basic_read/1/succeeds":
			assert.Equal(t, []string{file + " names no stream."}, v.Failures)
		case "basic_read/1/unknown_stream", "basic_read/1/bad_catalog":
			assert.Equal(t, file+" names no stream", v.Skipped)
		}
	}
}

// stopRecorder keeps after how many lines a connector was stopped.
type stopRecorder struct {
	scripted

	lines []int
}

func (r *stopRecorder) Run(ctx context.Context, call Call) (*Outcome, error) {
	if call.Stop != nil {
		r.lines = append(r.lines, call.Stop.Lines)
	}
	return r.scripted.Run(ctx, call)
}

// TestLongestReadIsStopped: also where another test of the suite has the same config.
func TestLongestReadIsStopped(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "catalog.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"streams":[{"stream":{"name":"plans"},`+
		`"sync_mode":"full_refresh","destination_sync_mode":"append"}]}`), 0o600))
	stops := func(more ...BasicReadTest) []int {
		cfg, err := ReadConfig("testdata/acceptance-test-config.yml")
		require.NoError(t, err)
		cfg.Suites.Incremental = nil
		cfg.Suites.BasicRead.Tests = append(cfg.Suites.BasicRead.Tests, more...)
		r := &stopRecorder{scripted: scripted{t: t}}
		for _, c := range Plan(r, cfg, Options{}) {
			c.Run(t.Context())
		}
		return r.lines
	}
	whole := stops()
	require.NotEmpty(t, whole)
	part := BasicReadTest{CatalogPath: file}
	part.ConfigPath = "config.json"
	assert.Equal(t, whole, stops(part))
}
