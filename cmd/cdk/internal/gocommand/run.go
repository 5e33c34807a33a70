// Package gocommand runs the go command such that an interrupted one leaves nothing behind, and
// builds programs by it.
package gocommand

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/process"
)

// ErrMissing says that there is no go command.
var ErrMissing = errors.New("there is no go command on the PATH")

// endsWithin is how long somebody else may hold the output of a command that was ended.
const endsWithin = 10 * time.Second

// Call is one run of the go command.
type Call struct {
	Dir  string
	Args []string
	Env  []string // beside the environment of this process, before which it counts
}

// Error is a go command that has failed. Its text is what the command said, and how it ended where
// it said nothing.
type Error struct {
	said string
	err  error
}

func (e *Error) Error() string {
	if e.said == "" {
		return e.err.Error()
	}
	return e.said
}

// Unwrap returns how the command ended.
func (e *Error) Unwrap() error { return e.err }

// Run runs the command and returns its standard output, without the white space around it. When the
// context ends, so does the command with its compilers, and its temporary folder is removed: go
// build does neither of itself. The error is the cause of the context then, [ErrMissing] where
// there is no go command, and an [*Error] where it fails.
func Run(ctx context.Context, c Call) (string, error) {
	program, err := exec.LookPath("go")
	if err != nil {
		return "", ErrMissing
	}
	scratch, err := os.MkdirTemp("", "cdk-go-*")
	if err != nil {
		return "", fmt.Errorf("there is no place for what the go command compiles: %w", err)
	}
	defer os.RemoveAll(scratch) //nolint:errcheck // what is left behind is the system's to clear
	command := exec.CommandContext(ctx, program, c.Args...)
	command.Dir = c.Dir
	command.Env = append(append(command.Environ(), "GOTMPDIR="+scratch), c.Env...)
	command.WaitDelay = endsWithin
	command.SysProcAttr = ownGroup()
	command.Cancel = func() error {
		process.KillAll(command.Process)
		return nil
	}
	var out, said bytes.Buffer
	command.Stdout, command.Stderr = &out, &said
	err = command.Run()
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err != nil:
		return "", &Error{strings.TrimSpace(said.String()), err}
	}
	return strings.TrimSpace(out.String()), nil
}
