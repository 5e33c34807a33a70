//go:build unix

package process

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
)

// quoted matches what a shell does not look into.
var quoted = regexp.MustCompile(`'[^']*'|"[^"]*"`)

// Command has a shell read the command line. A simple one takes the place of the shell, so that it
// gets the signals itself.
func Command(line string, args []string) *exec.Cmd {
	script := line + ` "$@"`
	if !strings.ContainsAny(quoted.ReplaceAllString(line, ""), "&|;<>()\n") {
		script = "exec " + script
	}
	args = append([]string{"-c", script, "sh"}, args...)
	c := exec.Command("sh", args...) //nolint:noctx // the caller ends it
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return c
}

// Terminate asks a process to end; false when it has.
func Terminate(p *os.Process) bool { return p.Signal(syscall.SIGTERM) == nil }

// KillAll ends a process and its children; false when it has ended.
func KillAll(p *os.Process) bool {
	if errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone) {
		return false
	}
	return syscall.Kill(-p.Pid, syscall.SIGKILL) == nil
}

// KillGroup ends what a process that has ended left running in its group.
func KillGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// ExitCode is the code that a shell shows.
func ExitCode(state *os.ProcessState) int {
	const signalled = 128
	if s, ok := state.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return signalled + int(s.Signal())
	}
	return state.ExitCode()
}

// Quote is a path as the shell of [Command] reads it.
func Quote(path string) string { return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'" }
