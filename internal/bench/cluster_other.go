//go:build !unix

package main

import "os/exec"

func giveToServer(string) error { return nil }

func asServer(*exec.Cmd) {}
