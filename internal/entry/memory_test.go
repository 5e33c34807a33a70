package entry

import (
	"os"
	"runtime/debug"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestContainerMemory(t *testing.T) {
	t.Parallel()
	const v2, v1 = "sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"
	tests := map[string]struct {
		files map[string]string
		want  int64 // 0: no limit
	}{
		"no container":    {nil, 0},
		"version 2":       {map[string]string{v2: "2147483648\n"}, 2 << 30},
		"version 2, none": {map[string]string{v2: "max\n"}, 0},
		"version 1":       {map[string]string{v1: "536870912\n"}, 512 << 20},
		"version 1, none": {map[string]string{v1: "9223372036854771712\n"}, 0},
		"both":            {map[string]string{v2: "1048576", v1: "2097152"}, 1 << 20},
		"empty":           {map[string]string{v2: ""}, 0},
		"zero":            {map[string]string{v2: "0"}, 0},
		"negative":        {map[string]string{v1: "-1"}, 0},
		"nonsense":        {map[string]string{v2: "lots"}, 0},
		"too large":       {map[string]string{v2: "99999999999999999999"}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := fstest.MapFS{}
			for file, text := range test.files {
				root[file] = &fstest.MapFile{Data: []byte(text)}
			}
			got, ok := containerMemory(root)
			assert.Equal(t, test.want != 0, ok)
			if ok {
				assert.Equal(t, test.want, got)
			}
		})
	}
}

// TestLimitMemory is not parallel: the limit and the environment belong to the whole process.
func TestLimitMemory(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	root := fstest.MapFS{memoryFiles[0]: {Data: []byte("1000000000")}}

	t.Setenv("GOMEMLIMIT", "700MiB") // the runtime has read it at start and does not look again
	limitMemory(root)
	assert.Equal(t, before, debug.SetMemoryLimit(-1), "the environment has precedence")

	require.NoError(t, os.Unsetenv("GOMEMLIMIT"))
	limitMemory(fstest.MapFS{})
	assert.Equal(t, before, debug.SetMemoryLimit(-1), "no container")

	limitMemory(root)
	assert.Equal(t, int64(900_000_000), debug.SetMemoryLimit(-1))
}
