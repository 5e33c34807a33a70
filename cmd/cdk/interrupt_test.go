//go:build unix

package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// interrupt starts the command as a process, sends it a signal once it is at work, and returns its
// exit code and what it says of that.
func interrupt(
	t *testing.T, signal os.Signal, atWork func(), args ...string,
) (code int, said string) {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), path, append([]string{asCommand}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	require.NoError(t, cmd.Start())
	atWork()
	require.NoError(t, cmd.Process.Signal(signal))
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode(), errs.String()
}

func TestTestIsInterrupted(t *testing.T) {
	t.Parallel()
	for signal, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			begun := filepath.Join(t.TempDir(), "begun")
			require.NoError(t, syscall.Mkfifo(begun, 0o600))
			dir := write(t, "echo begun > "+begun+"; exec sleep 600")
			atWork := func() {
				_, err := os.ReadFile(begun)
				require.NoError(t, err)
			}
			got, said := interrupt(t, signal, atWork,
				"test", "--connector", "sh "+dir+"/connector.sh", "--config", dir+"/config.yml")
			assert.Equal(t, code, got)
			assert.Regexp(t, `^cdk test: interrupted by SIG(INT|TERM)\n$`, said)
		})
	}
}

func TestImageIsInterrupted(t *testing.T) {
	t.Parallel()
	for signal, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			registry, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			defer registry.Close()
			asked := func() { // it is never answered
				conn, err := registry.Accept()
				require.NoError(t, err)
				t.Cleanup(func() { _ = conn.Close() })
				_, err = io.ReadAtLeast(conn, make([]byte, 1), 1)
				require.NoError(t, err)
			}
			got, said := interrupt(t, signal, asked,
				"image", "--check", registry.Addr().String()+"/acme/source:1")
			assert.Equal(t, code, got)
			assert.Regexp(t, `^cdk image: interrupted by SIG(INT|TERM)\n$`, said)
		})
	}
}
