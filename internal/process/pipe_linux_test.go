package process

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGrowPipe(t *testing.T) {
	t.Parallel()
	limit, err := os.ReadFile("/proc/sys/fs/pipe-max-size")
	require.NoError(t, err)
	if n, err := strconv.Atoi(strings.TrimSpace(string(limit))); err != nil || n < pipeSize {
		t.Skip("this system does not grant pipes of 1 MiB")
	}
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	defer w.Close()
	GrowPipe(w)
	assert.EqualValues(t, pipeSize, sizeOf(t, r))
}

func sizeOf(t *testing.T, pipe *os.File) uintptr {
	t.Helper()
	const getPipeSize = 1032 // F_GETPIPE_SZ
	size, _, errno := syscall.Syscall(syscall.SYS_FCNTL, pipe.Fd(), getPipeSize, 0)
	require.Zero(t, errno)
	return size
}

func TestGrowPipeWithoutPipe(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	GrowPipe(file)
	require.NoError(t, file.Close())
	GrowPipe(file)
}
