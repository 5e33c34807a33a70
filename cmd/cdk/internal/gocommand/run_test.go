//go:build unix

package gocommand

import (
	"context"
	"errors"
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

// A program that is interrupted can tidy up behind it. This one is not parallel: the PATH is of the
// process.
func TestRunIsInterrupted(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, syscall.Mkfifo(at("ready"), 0o600))
	script := "#!/bin/sh\ntrap '> tidied; exit 1' INT\necho > ready\nwhile :; do sleep 0.05; done\n"
	require.NoError(t, os.WriteFile(at("go"), []byte(script), 0o700))
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("somebody has pressed Ctrl-C")
	ended := make(chan error, 1)
	go func() {
		_, err := Run(ctx, Call{Dir: dir})
		ended <- err
	}()
	_, err := os.ReadFile(at("ready")) // it waits for the writer
	require.NoError(t, err)
	cancel(why)
	require.ErrorIs(t, <-ended, why)
	assert.FileExists(t, at("tidied"))
}
