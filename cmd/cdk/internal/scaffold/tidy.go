package scaffold

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// tidyTimeout bounds one attempt: without a network the go command may wait for long.
const tidyTimeout = time.Minute

// Tidy has the go command bring go.mod and go.sum in order. First it uses only what is in the
// module cache, which takes no network; then it may ask for more.
func Tidy(ctx context.Context, dir string) error {
	program, err := exec.LookPath("go")
	if err != nil {
		return errors.New("there is no go command on the PATH; install Go " + goVersion +
			" or later")
	}
	if tidy(ctx, program, dir, "GOPROXY=off") == nil {
		return nil
	}
	return tidy(ctx, program, dir)
}

func tidy(outer context.Context, program, dir string, env ...string) error {
	ctx, cancel := context.WithTimeout(outer, tidyTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, program, "mod", "tidy")
	command.Dir = dir
	// A workspace above the folder has no say in what the module needs.
	command.Env = append(append(command.Environ(), "GOWORK=off"), env...)
	out, err := command.CombinedOutput()
	switch {
	case outer.Err() != nil:
		return errors.New("go mod tidy was interrupted")
	case ctx.Err() != nil:
		return fmt.Errorf("go mod tidy did not end within %v, as without a network", tidyTimeout)
	case err != nil:
		return fmt.Errorf("go mod tidy says: %s", lastLine(string(out), err))
	}
	return nil
}

// lastLine is what a failed command said last, or how it ended.
func lastLine(out string, err error) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return last
	}
	return err.Error()
}
