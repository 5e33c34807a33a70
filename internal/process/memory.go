// Package process starts and ends programs as the platform does: a shell reads the command line, a
// group of their own gets the signals, and pipes are as large as the system grants.
package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// PeakMemory is the largest resident set of a running process so far, in bytes, and zero where the
// system does not tell it in /proc. It must be asked while the process lives: the figure that
// Linux gives at the end starts with the memory of the process that started it.
func PeakMemory(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	const kibibyte = 1 << 10
	for line := range bytes.Lines(status) {
		if kib, found := bytes.CutPrefix(line, []byte("VmHWM:")); found {
			kib = bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(kib), []byte("kB")))
			n, err := strconv.ParseInt(string(kib), 10, 64)
			if err != nil {
				return 0
			}
			return n * kibibyte
		}
	}
	return 0
}
