package platform_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
)

// Both pipes hold 1 MiB, where the system grants it: that much can be written before anyone reads.
func TestProcessPipes(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	limit, err := os.ReadFile("/proc/sys/fs/pipe-max-size")
	require.NoError(t, err)
	if n, err := strconv.Atoi(strings.TrimSpace(string(limit))); err != nil || n < size {
		t.Skip("this system does not grant pipes of 1 MiB")
	}
	r, lines := started(t, shell(`echo up; exec sleep 3600`),
		platform.Call{Verb: "write", Input: true})
	assert.Equal(t, "up", next(t, lines))
	_, err = r.Input().Write(make([]byte, size)) // nobody reads it
	require.NoError(t, err)

	r, _ = started(t, shell(`exec head -c 1048576 /dev/zero`), platform.Call{Verb: "read"})
	assert.Zero(t, r.Wait(), "it does not end until its output is read")
}
