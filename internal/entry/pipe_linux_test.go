package entry

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMainGrowsItsPipe(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	limit, err := os.ReadFile("/proc/sys/fs/pipe-max-size")
	require.NoError(t, err)
	if n, err := strconv.Atoi(strings.TrimSpace(string(limit))); err != nil || n < size {
		t.Skip("this system does not grant pipes of 1 MiB")
	}
	p := prepare(t, "wait").run(t)
	require.Equal(t, "ready", p.message(t).Log.Message)
	const getPipeSize = 1032 // F_GETPIPE_SZ
	got, _, errno := syscall.Syscall(syscall.SYS_FCNTL, p.pipe.Fd(), getPipeSize, 0)
	require.Zero(t, errno)
	assert.EqualValues(t, size, got)
}
