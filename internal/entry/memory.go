package entry

import (
	"io/fs"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// memoryFiles hold the memory limit of the container, as a number of bytes, in version 2 and 1 of
// Linux control groups. "max", or a number near the largest, means none.
var memoryFiles = []string{
	"sys/fs/cgroup/memory.max",
	"sys/fs/cgroup/memory/memory.limit_in_bytes",
}

// limitMemory tells the garbage collector to keep within 90 % of the container's memory; otherwise
// the heap may double between two collections and the kernel kills the process. The rest is for
// what the collector does not count. The variable GOMEMLIMIT, when set, has precedence. root is the
// root of the file system.
func limitMemory(root fs.FS) {
	if _, given := os.LookupEnv("GOMEMLIMIT"); given {
		return
	}
	if limit, ok := containerMemory(root); ok {
		debug.SetMemoryLimit(limit / 10 * 9)
	}
}

// containerMemory reads the limit of the container.
func containerMemory(root fs.FS) (bytes int64, ok bool) {
	const unlimited = 1 << 60 // version 1 writes the largest number of whole pages
	for _, name := range memoryFiles {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			continue
		}
		bytes, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		return bytes, err == nil && bytes > 0 && bytes < unlimited
	}
	return 0, false
}
