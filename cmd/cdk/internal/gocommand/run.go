// Package gocommand runs the go command in such a way that an interrupted one leaves nothing behind.
package gocommand

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"time"
)

// ErrMissing says that there is no go command.
var ErrMissing = errors.New("there is no go command on the PATH")

// endsWithin is how long the command may take to end when it was asked to.
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
// context ends the command is interrupted, for one that is killed leaves its compilers running and
// its temporary folder behind. The error is the cause of the context then, [ErrMissing] where there
// is no go command, and otherwise an [*Error].
func Run(ctx context.Context, c Call) (string, error) {
	program, err := exec.LookPath("go")
	if err != nil {
		return "", ErrMissing
	}
	command := exec.CommandContext(ctx, program, c.Args...)
	command.Dir = c.Dir
	command.Env = append(command.Environ(), c.Env...)
	command.WaitDelay = endsWithin
	command.Cancel = func() error {
		if command.Process.Signal(os.Interrupt) == nil {
			return nil
		}
		return command.Process.Kill() // it has ended, or the system has no interrupts
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
