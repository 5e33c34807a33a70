package process

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// Command cuts the command line at spaces outside of double quotes: there is no shell to count on.
// A Ctrl-C in the terminal does not reach the process, which has a group of its own.
func Command(line string, args []string) *exec.Cmd {
	words := append(fields(line), args...)
	if len(words) == 0 {
		words = []string{""}
	}
	c := exec.Command(words[0], words[1:]...) //nolint:noctx // the caller ends it
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
	return c
}

// Terminate does nothing, for there is no SIGTERM.
func Terminate(*os.Process) bool { return false }

// KillAll ends a process; false when it has ended.
func KillAll(p *os.Process) bool { return p.Kill() == nil }

// KillGroup does nothing, for a group is no process that could be ended as a whole.
func KillGroup(int) {}

// ExitCode is the code with which a process ended.
func ExitCode(state *os.ProcessState) int { return state.ExitCode() }

// Quote is a path as [Command] reads it. No path of Windows has a double quote in it.
func Quote(path string) string { return `"` + path + `"` }

func fields(line string) (words []string) {
	for i, part := range strings.Split(line, `"`) {
		if inside := i%2 == 1; inside {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words
}
