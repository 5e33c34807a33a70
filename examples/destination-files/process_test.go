//go:build unix

package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/protocol"
)

// process is the connector as a process of its own, with the test as the platform.
type process struct {
	*exec.Cmd

	in    io.WriteCloser
	acked atomic.Int64  // the id of the last state that came back
	ended chan struct{} // closed when stdout ends
	text  strings.Builder
}

func (s setup) start(catalog string) *process {
	s.t.Helper()
	cmd := exec.Command(os.Args[0], s.args("write", "gzip", catalog)...)
	cmd.Env = append(os.Environ(), asDestination+"=1")
	cmd.Stderr = os.Stderr
	p := &process{Cmd: cmd, ended: make(chan struct{})}
	var err error
	p.in, err = cmd.StdinPipe()
	require.NoError(s.t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, cmd.Start())
	go p.follow(out)
	return p
}

// follow reads what the process writes.
func (p *process) follow(out io.Reader) {
	defer close(p.ended)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		m, err := protocol.Parse(lines.Bytes())
		if err == nil && m.Type == protocol.MessageState {
			p.acked.Store(*m.State.ID)
		}
		if err == nil && m.Type == protocol.MessageTrace {
			p.text.Write(lines.Bytes())
		}
	}
}

// send writes records, with a state after some, until the process is gone.
func (p *process) send() {
	for id, err := 1, error(nil); err == nil; id++ {
		line := record("a", id)
		if id%7 == 0 {
			line += state("a", id)
		}
		_, err = io.WriteString(p.in, line)
	}
}

func (p *process) wait() (code int) {
	<-p.ended
	_ = p.Wait()
	return p.ProcessState.ExitCode()
}

// kills is more than ten where somebody wants to be surer:
//
//	go test ./destination-files -run TestKilled -kills 200 -timeout 60m
var kills = flag.Int("kills", 10, "how often TestKilled kills the destination")

// TestKilled kills the process at random moments, also while a replacement is put in its place.
func TestKilled(t *testing.T) {
	t.Setenv(asDestination, "1")
	cdktest.KillDestination(t, cdktest.Command(os.Args[0]), newSetup(t).tests(),
		cdktest.Kills{Number: *kills})
}

// TestStoppedGently finishes the batch in hand, acknowledges it, and exits as the platform expects.
func TestStoppedGently(t *testing.T) {
	s := newSetup(t)
	p := s.start(stream("a", "append", ""))
	go func() {
		for p.acked.Load() < 500 {
			runtime.Gosched()
		}
		_ = p.Process.Signal(syscall.SIGTERM)
	}()
	p.send()
	assert.Equal(t, 143, p.wait())
	assert.Contains(t, p.text.String(), "Stopped by SIGTERM before write was finished.")
	rows := count(s.rows("a"))
	for id := 1; id <= int(p.acked.Load()); id++ {
		require.Positive(t, rows[id])
	}
}

// TestStdoutClosed ends the process soon once nobody reads its states.
func TestStdoutClosed(t *testing.T) {
	s := newSetup(t)
	cmd := exec.Command(os.Args[0], s.args("write", "none", stream("a", "append", ""))...)
	cmd.Env = append(os.Environ(), asDestination+"=1")
	var errs strings.Builder
	cmd.Stderr = &errs
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	r, w, err := os.Pipe()
	require.NoError(t, err)
	cmd.Stdout = w
	require.NoError(t, cmd.Start())
	_ = r.Close()
	_ = w.Close()
	for id := 1; ; id++ { // a state without a record before it is written at once
		if _, err := fmt.Fprint(in, state("a", id)); err != nil {
			break
		}
	}
	require.Error(t, cmd.Wait())
	assert.Equal(t, 1, cmd.ProcessState.ExitCode())
	assert.Contains(t, errs.String(), "Standard output cannot be written any more")
}

// TestSlowStdin waits for lines that come in pieces.
func TestSlowStdin(t *testing.T) {
	s := newSetup(t)
	p := s.start(stream("a", "append", ""))
	text := record("a", 1) + state("a", 1)
	for i := range text {
		_, err := io.WriteString(p.in, text[i:i+1])
		require.NoError(t, err)
	}
	_ = p.in.Close()
	assert.Equal(t, 0, p.wait())
	assert.Equal(t, int64(1), p.acked.Load())
	assert.Equal(t, []string{`{"id":1}`}, s.rows("a"))
}

// count tells how often each id is there.
func count(rows []string) map[int]int {
	counts := map[int]int{}
	for _, row := range rows {
		var id int
		_, _ = fmt.Sscanf(row, `{"id":%d}`, &id)
		counts[id]++
	}
	return counts
}
