//go:build unix

package gocommand

import "syscall"

// ownGroup gives the command a group, so that its compilers can be ended with it.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
