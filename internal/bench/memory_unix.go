//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// maxResident is the peak that wait4 returned, in bytes. Darwin counts bytes, all others KiB.
func maxResident(state *os.ProcessState) int64 {
	u, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return u.Maxrss
	}
	return u.Maxrss << 10
}
