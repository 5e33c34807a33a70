package process

import (
	"os"
	"syscall"
)

// pipeSize is the largest that Linux grants to ordinary users. A pipe of the default 64 KiB makes
// reader and writer wait for each other far more often.
const pipeSize = 1 << 20

// setPipeSize is F_SETPIPE_SZ, which package syscall leaves out.
const setPipeSize = 1031

// GrowPipe enlarges the pipe behind the file, as connectors do with stdout. It fails where the file
// is no pipe or the system's limit is lower, and then all works as before, only slower.
func GrowPipe(file *os.File) {
	conn, err := file.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) {
		_, _, _ = syscall.Syscall(syscall.SYS_FCNTL, fd, setPipeSize, pipeSize)
	})
}
