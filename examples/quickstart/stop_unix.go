//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// stopGently makes the end of cmd's context a SIGTERM, as the platform sends it, so that a source
// can write its last states. The process gets a group of its own: a Ctrl-C in the terminal goes to
// all of a group and would be a second signal, which ends a source at once.
func stopGently(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
}
