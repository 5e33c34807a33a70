//go:build !unix

package acceptance

import (
	"os"
	"os/exec"
	"strings"
)

// command cuts the command line at spaces: there is no shell to count on.
func command(line string, args []string) *exec.Cmd {
	words := append(strings.Fields(line), args...)
	if len(words) == 0 {
		words = []string{""}
	}
	return exec.Command(words[0], words[1:]...) //nolint:noctx // processRun ends it
}

// terminate does nothing, for there is no SIGTERM.
func terminate(*os.Process) bool { return false }

func killAll(p *os.Process) bool { return p.Kill() == nil }

func exitCode(state *os.ProcessState) int { return state.ExitCode() }
