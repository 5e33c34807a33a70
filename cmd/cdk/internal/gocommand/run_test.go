//go:build unix

package gocommand

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	t.Parallel()
	out, err := Run(t.Context(), Call{Args: []string{"env", "GOOS"}, Env: []string{"GOOS=plan9"}})
	require.NoError(t, err)
	assert.Equal(t, "plan9", out)

	_, err = Run(t.Context(), Call{Dir: t.TempDir(), Args: []string{"list", "./none"}})
	var failed *Error
	require.ErrorAs(t, err, &failed)
	assert.Contains(t, err.Error(), "go.mod file not found")
}

// This one is not parallel: the PATH is of the process.
func TestRunWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Run(t.Context(), Call{Args: []string{"version"}})
	require.ErrorIs(t, err, ErrMissing)
}

// Neither a compiler nor a folder outlives a command that is interrupted. This test is not
// parallel: the PATH is of the process.
func TestRunIsInterrupted(t *testing.T) {
	dir, scratch := t.TempDir(), t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, syscall.Mkfifo(at("compiler"), 0o600))
	script := "#!/bin/sh\n> \"$GOTMPDIR/object\"\n" +
		"sh -c 'echo begun; while :; do sleep 1; done' > compiler &\nwait\n"
	require.NoError(t, os.WriteFile(at("go"), []byte(script), 0o700))
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	t.Setenv("TMPDIR", scratch)
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("somebody has pressed Ctrl-C")
	ended := make(chan error, 1)
	go func() {
		_, err := Run(ctx, Call{Dir: dir})
		ended <- err
	}()
	pipe, err := os.Open(at("compiler"))
	require.NoError(t, err)
	defer pipe.Close()
	_, err = pipe.Read(make([]byte, 1))
	require.NoError(t, err)
	cancel(why)
	require.ErrorIs(t, <-ended, why)
	_, err = io.Copy(io.Discard, pipe) // it ends with the last process that writes
	require.NoError(t, err)
	left, err := os.ReadDir(scratch)
	require.NoError(t, err)
	assert.Empty(t, left)
}
