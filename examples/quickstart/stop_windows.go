package main

import (
	"os/exec"
	"syscall"
)

// stopGently keeps a Ctrl-C in the terminal from the source. Windows knows no SIGTERM: when cmd's
// context ends the process is killed, and the next run goes on from the last state that was
// stored.
func stopGently(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
