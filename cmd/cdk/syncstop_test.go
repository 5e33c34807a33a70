//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// start runs `cdk sync` as a process in the place, until a line of standard error has the words.
func (p place) start(words string, more ...string) (*exec.Cmd, *bufio.Reader) {
	p.t.Helper()
	path, err := os.Executable()
	require.NoError(p.t, err)
	args := append([]string{asCommand}, p.flags(more...)...)
	cmd := exec.CommandContext(p.t.Context(), path, args...)
	cmd.Dir = p.dir
	pipe, err := cmd.StderrPipe()
	require.NoError(p.t, err)
	require.NoError(p.t, cmd.Start())
	lines := bufio.NewReader(pipe)
	p.await(lines, words)
	return cmd, lines
}

// await reads lines up to one with the words.
func (p place) await(lines *bufio.Reader, words string) {
	p.t.Helper()
	var all strings.Builder
	for {
		line, err := lines.ReadString('\n')
		all.WriteString(line)
		require.NoError(p.t, err, all.String())
		if strings.Contains(line, words) {
			return
		}
	}
}

// end waits for the end of the process and returns its exit code.
func (p place) end(cmd *exec.Cmd, lines *bufio.Reader) int {
	p.t.Helper()
	_, err := io.Copy(io.Discard, lines)
	require.NoError(p.t, err)
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode()
}

// What was read before a signal is loaded, and the next sync goes on behind it.
func TestSyncIsInterrupted(t *testing.T) {
	t.Parallel()
	for signal, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, `{"count":100000,"pause_ms":2}`)
			cmd, lines := p.start("stream numbers: reading", "--report", p.path("report.json"))
			require.NoError(t, cmd.Process.Signal(signal))
			assert.Equal(t, code, p.end(cmd, lines))
			assert.Contains(t, p.read("report.json"), `"outcome": "cancelled"`)
			rows, different := p.rows("numbers")
			assert.Equal(t, rows, different)
			assert.Positive(t, rows)

			p.write("config.json", `{"count":3000}`)
			o, r := p.report()
			require.Zero(t, o.code, o.errs)
			assert.Less(t, r.Streams[0].Records, int64(3000))
			rows, _ = p.rows("numbers")
			assert.Equal(t, 3000, rows)
		})
	}
}

// A second signal does not wait for a source that does not listen, and leaves no process behind.
func TestSyncIsEndedAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `{}`)
	p.write("source.sh", `trap '' TERM
if [ "$1" = read ]; then
  echo $$ > `+p.path("pid")+`
  echo '{"type":"RECORD","record":{"stream":"numbers","emitted_at":1,"data":{"id":1}}}'
  while :; do sleep 1; done
fi
exec `+self(t, asSource)+` "$@"`)
	cmd, lines := p.start("stream numbers: reading", "--source", "sh "+p.path("source.sh"))
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	p.await(lines, "Ctrl-C again stops at once")
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	assert.Equal(t, 130, p.end(cmd, lines))
	pid := strings.TrimSpace(p.read("pid"))
	assert.NoDirExists(t, "/proc/"+pid)
}

// While one sync has the state file, another one is refused; a killed one leaves it free.
func TestSyncLocksItsState(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `{"count":100000,"pause_ms":2}`)
	cmd, lines := p.start("stream numbers: reading")
	o := p.sync()
	assert.Equal(t, 1, o.code)
	assert.Contains(t, o.errs, "another sync uses the state file "+p.path("state.json"))
	require.NoError(t, cmd.Process.Kill())
	p.end(cmd, lines)

	p.write("config.json", `{"count":300}`)
	o = p.sync()
	require.Zero(t, o.code, o.errs)
	rows, different := p.rows("numbers")
	assert.GreaterOrEqual(t, rows, 300)
	assert.Equal(t, rows, different)
}
