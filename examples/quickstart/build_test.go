package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A build with -trimpath knows of no folder. This test is not parallel: the folder is of the
// process.
func TestExamplesFolder(t *testing.T) {
	const trimmed = "github.com/airbyte-go/cdk/examples/quickstart/build.go"
	names := []string{"source-rest", "destination-sqlite"}
	here, err := filepath.Abs(".")
	require.NoError(t, err)
	for folder, want := range map[string]string{
		here: "..", filepath.Dir(here): ".", filepath.Join(here, "..", ".."): "examples",
	} {
		t.Chdir(folder)
		got, err := examplesFolder(trimmed, names)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	t.Chdir(t.TempDir())
	got, err := examplesFolder(filepath.Join(here, "build.go"), names)
	require.NoError(t, err)
	assert.Equal(t, filepath.Dir(here), got)
	_, err = examplesFolder(trimmed, names)
	assert.ErrorContains(t, err, "start it in the folder examples, or build")
}
