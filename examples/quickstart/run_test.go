package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/examples/internal/shop"
)

func TestSecondRunReadsOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for growth := range 2 {
		got := start(t.Context(), "-dir", dir, "-json", "-source", sourceBinary(t))
		require.Zero(t, got.code, got.stderr)

		type stream struct{ Records int }
		var summary struct {
			Streams map[string]stream
			Seconds float64
		}
		require.NoError(t, json.Unmarshal([]byte(got.stdout), &summary))
		after := shop.New(shop.Options{Growth: growth})
		before := shop.New(shop.Options{Growth: growth - 1})
		want := map[string]stream{}
		for _, name := range shop.Collections() {
			want[name] = stream{after.Count(name)}
			if growth > 0 {
				want[name] = stream{after.Count(name) - before.Count(name)}
			}
		}
		assert.Equal(t, want, summary.Streams)
		assert.Positive(t, summary.Seconds)
		assert.Equal(t, total(growth), mustHoldAll(t, dir, growth), "a record is stored twice")
	}
}

func TestJSONIsOneObjectAndNothingElse(t *testing.T) {
	t.Parallel()
	got := start(t.Context(), "-dir", t.TempDir(), "-json", "-source", sourceBinary(t))
	require.Zero(t, got.code, got.stderr)
	assert.Regexp(t, `^\{"streams":\{"customers":\{"records":4000\},"orders":\{"records":12000\},`+
		`"products":\{"records":2000\}\},"seconds":[0-9]+(\.[0-9]+)?\}\n$`, got.stdout)
}

func TestSummary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t.Context(), "-dir", dir) // builds the source
	require.Zero(t, first.code, first.stderr)
	for _, said := range []string{
		"18,000 records in ", "customers ", " 4,000 ", "updated_at 2025-12-",
		"refused ", "failed 1 time (500)", "broke off 1 answer", "In " + dir, "-serve",
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
	assert.Contains(t, second.stdout, "The 18,000 from before were not read again.")
}

// waitForRecords returns when the first records have been written to the disk.
func waitForRecords(t *testing.T, dir string) {
	t.Helper()
	require.Eventually(t, func() bool {
		info, err := os.Stat(filepath.Join(dir, "records", "orders.jsonl"))
		return err == nil && info.Size() > 0
	}, time.Minute, time.Millisecond)
}

func TestAnInterruptedRunIsTakenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	binary, result := sourceBinary(t), make(chan ended)
	go func() { result <- start(ctx, "-dir", dir, "-source", binary) }()
	waitForRecords(t, dir)
	cancel()
	stopped := <-result
	assert.Equal(t, 130, stopped.code)
	assert.Contains(t, stopped.stderr, "Stopped. The records are in "+dir)
	assert.Empty(t, stopped.stdout)
	assert.FileExists(t, filepath.Join(dir, "state.json"))
	assert.Less(t, len(storedIDs(t, dir, "orders")), 12_000)

	resumed := start(t.Context(), "-dir", dir, "-source", sourceBinary(t))
	require.Zero(t, resumed.code, resumed.stderr)
	mustHoldAll(t, dir, 0)
}

func TestAKilledRunIsTakenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	self, err := os.Executable()
	require.NoError(t, err)
	process := exec.Command(self, "-dir", dir, "-source", sourceBinary(t))
	process.Env = append(os.Environ(), partVariable+"="+partMain)
	require.NoError(t, process.Start())
	waitForRecords(t, dir)
	require.NoError(t, process.Process.Kill())
	require.Error(t, process.Wait())

	resumed := start(t.Context(), "-dir", dir, "-source", sourceBinary(t))
	require.Zero(t, resumed.code, resumed.stderr)
	mustHoldAll(t, dir, 0)
}

func TestFailures(t *testing.T) {
	t.Parallel()
	notAFolder := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(notAFolder, nil, 0o600))
	spoilt := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(spoilt, "state.json"), []byte("[{"), 0o600))
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
		{"a spoilt state", []string{"-dir", spoilt}, 1, "delete " + spoilt + " to start over"},
		{"no such source", []string{"-dir", t.TempDir(), "-source", "none"}, 1,
			"cannot be started"},
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
