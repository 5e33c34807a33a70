package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/examples/internal/shop"
)

// streamCount and runCount are the summary of -json.
type (
	streamCount struct{ Records int }
	runCount    struct {
		Streams map[string]streamCount
		Seconds float64
	}
)

func counted(t *testing.T, got ended) (c runCount) {
	t.Helper()
	require.Zero(t, got.code, got.stderr)
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &c))
	return c
}

func TestSecondRunReadsOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for growth := range 2 {
		got := counted(t, start(t.Context(), arguments(t, dir, "-json")...))
		want := [2]map[string]streamCount{
			{"customers": {4000}, "orders": {12000}, "products": {2000}},
			{"customers": {240}, "orders": {610}, "products": {130}}, // a fifth is not new
		}[growth]
		assert.Equal(t, want, got.Streams)
		assert.Positive(t, got.Seconds)
		mustHoldAll(t, dir, growth)
	}
}

func TestJSONIsOneObjectAndNothingElse(t *testing.T) {
	t.Parallel()
	got := start(t.Context(), arguments(t, t.TempDir(), "-json")...)
	require.Zero(t, got.code, got.stderr)
	assert.Regexp(t, `^\{"streams":\{"customers":\{"records":4000\},"orders":\{"records":12000\},`+
		`"products":\{"records":2000\}\},"seconds":[0-9]+(\.[0-9]{1,3})?\}\n$`, got.stdout)
}

func TestSummary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t.Context(), "-dir", dir) // builds the connectors
	require.Zero(t, first.code, first.stderr)
	for _, said := range []string{
		"18,000 records in ", "customers ", " 4,000 ", "updated_at 2025-12-",
		"refused ", "failed 1 time (500)", "broke off 1 answer", "In " + dir, "-serve",
		"-dir " + dir + " -query ",
	} {
		assert.Contains(t, first.stdout, said)
	}
	for _, said := range []string{
		"build ", "check ", "the source has 3 streams", "18,000 records in 3 streams",
	} {
		assert.Contains(t, first.stderr, said)
	}
	second := start(t.Context(), "-dir", dir)
	require.Zero(t, second.code, second.stderr)
	assert.Contains(t, second.stdout, "980 records since the last run, in ")
	assert.Contains(t, second.stdout,
		"784 rows are new, 196 were replaced, 17,804 did not have to be read again.")
}

// watcher tells of the first progress with records in it.
type watcher struct {
	mu   sync.Mutex
	said bytes.Buffer
	seen chan struct{} // closed then; nil afterwards
}

var someRecords = regexp.MustCompile(`sync .*(customers|orders|products) [1-9]`)

func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said.Write(p)
	if w.seen != nil && someRecords.Match(w.said.Bytes()) {
		close(w.seen)
		w.seen = nil
	}
	return len(p), nil
}

func TestAnInterruptedRunIsTakenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	args, seen, code := arguments(t, dir), make(chan struct{}), make(chan int)
	watch := &watcher{seen: seen}
	go func() { code <- run(ctx, args, io.Discard, watch) }()
	<-seen
	cancel()
	assert.Equal(t, 130, <-code)
	assert.Contains(t, watch.said.String(), "Stopped. What was read is in "+dir)

	// What the source had read is in the tables, and is not read again.
	var loaded int
	for _, table := range shop.Collections() {
		loaded += len(stored(t, dir, table))
	}
	assert.Positive(t, loaded)
	assert.FileExists(t, filepath.Join(dir, stateFile))
	var read int
	for _, s := range counted(t, start(t.Context(), append(args, "-json")...)).Streams {
		read += s.Records
	}
	assert.Less(t, read, 18_000)
	mustHoldAll(t, dir, 0)
}

func TestAKilledRunIsTakenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	self, err := os.Executable()
	require.NoError(t, err)
	seen := make(chan struct{})
	process := exec.Command(self, arguments(t, dir)...)
	process.Env = append(os.Environ(), partVariable+"="+partMain)
	process.Stderr = &watcher{seen: seen}
	require.NoError(t, process.Start())
	<-seen
	require.NoError(t, process.Process.Kill())
	require.Error(t, process.Wait())

	resumed := start(t.Context(), arguments(t, dir)...)
	require.Zero(t, resumed.code, resumed.stderr)
	mustHoldAll(t, dir, 0)
}

func TestFailures(t *testing.T) {
	t.Parallel()
	notAFolder := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(notAFolder, nil, 0o600))
	spoilt := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(spoilt, stateFile), []byte("[{"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(spoilt, tablesFile), nil, 0o600))
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"a flag that does not exist", []string{"-fast"}, 2, "-fast"},
		{"an argument", []string{"run"}, 2, `"run" is not a flag`},
		{"a size without serve", []string{"-size", "3"}, 2, "-size goes with -serve"},
		{"a negative size", []string{"-serve", "x", "-size", "-3"}, 2, "must not be negative"},
		{"no folder", []string{"-dir", ""}, 2, "-dir must name a folder"},
		{"help", []string{"-h"}, 0, "Usage"},
		{"a file for a folder", []string{"-dir", notAFolder}, 1, "nothing can be stored"},
		{"a spoilt state", arguments(t, spoilt), 1, "delete it to start over"},
		{"no such source", arguments(t, t.TempDir(), "-source", "none"), 1,
			"no program to start as the source"},
		{"no such destination", arguments(t, t.TempDir(), "-destination", "none"), 1,
			"no program to start as the destination"},
		{"two things to do", []string{"-serve", "x", "-query", "y"}, 2, "choose one"},
		{"a query before a run", []string{"-dir", t.TempDir(), "-query", "SELECT 1"}, 1,
			"run this without -query first"},
		{"an address that is none", []string{"-dir", t.TempDir(), "-serve", "nowhere"}, 1,
			"the API cannot be served"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := start(t.Context(), c.args...)
			assert.Equal(t, c.code, got.code)
			assert.Contains(t, got.stderr, c.says)
			assert.Empty(t, got.stdout)
		})
	}
}
