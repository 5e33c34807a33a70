//go:build !unix && !windows

package process

import (
	"os"
	"os/exec"
	"strings"
)

// Command cuts the command line at spaces.
func Command(line string, args []string) *exec.Cmd {
	words := append(strings.Fields(line), args...)
	if len(words) == 0 {
		words = []string{""}
	}
	return exec.Command(words[0], words[1:]...) //nolint:noctx // the caller ends it
}

// Terminate does nothing, for there is no SIGTERM.
func Terminate(*os.Process) bool { return false }

// KillAll ends a process; false when it has ended.
func KillAll(p *os.Process) bool { return p.Kill() == nil }

// KillGroup does nothing, for there are no groups.
func KillGroup(int) {}

// ExitCode is the code with which a process ended.
func ExitCode(state *os.ProcessState) int { return state.ExitCode() }

// Quote is a path as [Command] reads it; one with spaces cannot be written.
func Quote(path string) string { return path }
