package mallocs

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var kept []*[64]byte

// TestCount is not parallel: other tests would allocate beside it.
func TestCount(t *testing.T) {
	file := filepath.Join(t.TempDir(), "count")
	t.Setenv(Variable, file)
	require.NoError(t, Count(func() error {
		kept = nil
		for range 1000 {
			kept = append(kept, new([64]byte))
		}
		return nil
	}))
	count, err := Read(file)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, count, int64(1000))
	assert.Less(t, count, int64(1500), "what the runtime allocates beside it is little")
}

func TestCountOfAFailure(t *testing.T) {
	file := filepath.Join(t.TempDir(), "count")
	t.Setenv(Variable, file)
	failure := errors.New("no such stream")
	require.ErrorIs(t, Count(func() error { return failure }), failure)
	assert.NoFileExists(t, file)
	_, err := Read(file)
	assert.ErrorContains(t, err, "wrote no count")
}

func TestCountWithoutWish(t *testing.T) {
	t.Setenv(Variable, "")
	called := false
	require.NoError(t, Count(func() error { called = true; return nil }))
	assert.True(t, called)
}

func TestParse(t *testing.T) {
	t.Parallel()
	count, err := parse([]byte("1234\n"))
	require.NoError(t, err)
	assert.Equal(t, int64(1234), count)
	for _, text := range []string{
		"", "\n", "12", "-1\n", "1e3\n", "12\n13\n", "9223372036854775808\n",
	} {
		_, err := parse([]byte(text))
		assert.ErrorContains(t, err, "is no count of allocations", text)
	}
	file := filepath.Join(t.TempDir(), "count")
	require.NoError(t, os.WriteFile(file, []byte("many\n"), 0o600))
	_, err = Read(file)
	assert.ErrorContains(t, err, `"many\n" is no count`)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("1234\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if count, err := parse(text); err == nil && (count < 0 || text[len(text)-1] != '\n') {
			t.Fatal(count, text)
		}
	})
}
