package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Without the tables the states would hide what is to be read again.
func TestStatesGoWithTheTables(t *testing.T) {
	t.Parallel()
	s, err := openStore(t.TempDir())
	require.NoError(t, err)
	for _, name := range []string{tablesFile, stateFile} {
		require.NoError(t, os.WriteFile(s.path(name), nil, 0o600))
	}
	_, err = openStore(s.dir)
	require.NoError(t, err)
	assert.FileExists(t, s.path(stateFile))

	require.NoError(t, os.Remove(s.path(tablesFile)))
	_, err = openStore(s.dir)
	require.NoError(t, err)
	assert.NoFileExists(t, s.path(stateFile))
}

func TestGrowthOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for want := range 3 {
		s, err := openStore(dir)
		require.NoError(t, err)
		assert.Equal(t, want, s.shop.Growth)
		require.NoError(t, s.grow())
	}
}
