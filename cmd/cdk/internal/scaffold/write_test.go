package scaffold

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var twoFiles = []File{{"a.go", []byte("a")}, {"in/deep/b.go", []byte("b")}}

func TestWriteMakesFilesAndFolders(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "er")
	require.NoError(t, write(dir, twoFiles))
	text, err := os.ReadFile(filepath.Join(dir, "in", "deep", "b.go"))
	require.NoError(t, err)
	assert.Equal(t, "b", string(text))
}

// What is there stays as it is, and nothing comes beside it.
func TestWriteOverwritesNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		prepare func(dir string) error
		says    string
	}{
		"a file": {
			func(dir string) error {
				return os.WriteFile(filepath.Join(dir, "a.go"), []byte("mine"), 0o600)
			}, "a.go is in the way, and nothing is overwritten",
		},
		"a folder": {
			func(dir string) error { return os.Mkdir(filepath.Join(dir, "a.go"), 0o700) },
			"a.go is in the way",
		},
		"a link to nowhere": {
			func(dir string) error { return os.Symlink("gone", filepath.Join(dir, "a.go")) },
			"a.go is in the way",
		},
		"a file for a folder": {
			func(dir string) error {
				return os.WriteFile(filepath.Join(dir, "in"), []byte("mine"), 0o600)
			}, "b.go cannot be written",
		},
	}
	for name, test := range tests {
		dir := t.TempDir()
		require.NoError(t, test.prepare(dir), name)
		require.ErrorContains(t, write(dir, twoFiles), test.says, name)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Len(t, entries, 1, name)
	}
}

func TestWriteIntoAFolderWithOtherFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "LICENSE"), []byte("mine"), 0o600))
	require.NoError(t, write(dir, twoFiles))
}

func TestWriteNeedsAFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "source-acme")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.ErrorContains(t, write(file, twoFiles), "source-acme is a file; move it away")
}

// A failure in the middle leaves nothing behind.
func TestWriteTakesBackWhatItHasWritten(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	err := write(dir, append(twoFiles[:2:2], File{"a.go", nil})) // twice the same
	require.ErrorContains(t, err, "cannot be made")
	assert.NoDirExists(t, dir)
}
