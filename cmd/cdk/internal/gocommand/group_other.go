//go:build !unix

package gocommand

import "syscall"

// ownGroup does nothing, for there are no groups.
func ownGroup() *syscall.SysProcAttr { return nil }
