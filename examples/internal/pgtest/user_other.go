//go:build !unix

package pgtest

import "os/exec"

func giveAway(string) error { return nil }

func asOther(cmd *exec.Cmd, dir string) { cmd.Dir = dir }

func (c *Cluster) signalAll() error { return c.server.Process.Kill() }
