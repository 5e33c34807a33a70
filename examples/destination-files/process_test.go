//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// process is the connector as a process of its own, with the test as the platform.
type process struct {
	*exec.Cmd

	in     io.WriteCloser
	killAt int64         // the id of the state at whose return it is killed
	after  time.Duration // and so much later
	acked  atomic.Int64  // the id of the last state that came back
	ended  chan struct{} // closed when stdout ends
	text   strings.Builder
}

// never is a state that does not come.
const never = 1 << 60

func (s setup) start(catalog string, killAt int64, after time.Duration) *process {
	s.t.Helper()
	cmd := exec.Command(os.Args[0], s.args("write", "gzip", catalog)...)
	cmd.Env = append(os.Environ(), "DESTINATION_FILES=1")
	cmd.Stderr = os.Stderr
	p := &process{Cmd: cmd, killAt: killAt, after: after, ended: make(chan struct{})}
	var err error
	p.in, err = cmd.StdinPipe()
	require.NoError(s.t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, cmd.Start())
	if killAt == 0 {
		time.AfterFunc(after, p.kill)
	}
	go p.follow(out)
	return p
}

func (p *process) kill() { _ = p.Process.Kill() }

// follow reads what the process writes.
func (p *process) follow(out io.Reader) {
	defer close(p.ended)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		m, err := protocol.Parse(lines.Bytes())
		if err == nil && m.Type == protocol.MessageState {
			before := p.acked.Swap(*m.State.ID)
			if before < p.killAt && *m.State.ID >= p.killAt {
				time.AfterFunc(p.after, p.kill)
			}
		}
		if err == nil && m.Type == protocol.MessageTrace {
			p.text.Write(lines.Bytes())
		}
	}
}

// send writes records from an id on, with a state after some, until the process is gone. It returns
// the last id.
func (p *process) send(from, to int) int {
	id := from
	for ; id <= to; id++ {
		line := record("a", id)
		if id%7 == 0 || id == to {
			line += state("a", id)
		}
		if _, err := io.WriteString(p.in, line); err != nil {
			return id
		}
	}
	return id
}

func (p *process) wait() (code int) {
	<-p.ended
	_ = p.Wait()
	return p.ProcessState.ExitCode()
}

// TestKilledAtRandomMoments kills the process ten times, in the midst of loading, and goes on from
// the last state that came back, as the platform does. In the end every record is there, also where
// its file was there before its state had come back.
func TestKilledAtRandomMoments(t *testing.T) {
	s := newSetup(t)
	catalog := stream("a", "append", "")
	chance := rand.New(rand.NewPCG(1, 2))
	acked, highest := 0, 0
	for attempt := range 10 {
		killAt := int64(acked + 1 + chance.IntN(1500))
		if attempt == 3 {
			killAt = 0
		}
		p := s.start(catalog, killAt, time.Duration(chance.IntN(20))*time.Millisecond)
		highest = max(highest, p.send(acked+1, 1e9))
		require.Equal(t, -1, p.wait(), "it was not killed")
		acked = max(acked, int(p.acked.Load()))
		rows := count(s.rows("a"))
		for id := 1; id <= acked; id++ {
			require.Positive(t, rows[id], "record %d was acknowledged and is lost", id)
		}
	}
	p := s.start(catalog, never, 0)
	p.send(acked+1, highest)
	_ = p.in.Close()
	require.Equal(t, 0, p.wait())
	assert.Equal(t, int64(highest), p.acked.Load())
	rows := count(s.rows("a"))
	for id := 1; id <= highest; id++ {
		require.Positive(t, rows[id], "record %d is lost", id)
	}
	t.Logf("%d records, %d acknowledged before the last run", highest, acked)
}

// TestReplacementKilledAtRandomMoments does the same to a refresh, also while it is being finished:
// readers see what was there before until all of the new is.
func TestReplacementKilledAtRandomMoments(t *testing.T) {
	s := newSetup(t)
	refreshed := stream("a", "append", generation(1, 0))
	code, _ := s.write("gzip", refreshed, record("a", -1)+complete("a"))
	require.Equal(t, 0, code)
	refresh := stream("a", "append", generation(2, 2))
	chance := rand.New(rand.NewPCG(3, 4))
	acked := 0
	const last = 5000
	for range 10 {
		killAt, after := min(int64(acked+1+chance.IntN(1500)), last), time.Duration(0)
		if killAt == last {
			after = time.Duration(chance.IntN(4000)) * time.Microsecond
		}
		p := s.start(refresh, killAt, after)
		p.send(acked+1, last)
		_, _ = io.WriteString(p.in, complete("a"))
		_ = p.in.Close()
		code := p.wait()
		acked = max(acked, int(p.acked.Load()))
		rows := count(s.rows("a"))
		switch {
		case rows[-1] > 0:
			require.Len(t, rows, 1, "half a replacement is visible")
			require.NotEqual(t, 0, code)
		case len(rows) > 0 || code == 0:
			require.Equal(t, last, acked)
			require.Len(t, rows, last, "a part of the replacement is lost")
		}
	}
	p := s.start(refresh, never, 0)
	p.send(acked+1, last)
	_, _ = io.WriteString(p.in, complete("a"))
	_ = p.in.Close()
	require.Equal(t, 0, p.wait())
	rows := count(s.rows("a"))
	assert.Zero(t, rows[-1])
	for id := 1; id <= last; id++ {
		require.Positive(t, rows[id], "record %d is lost", id)
	}
}

// TestStoppedGently finishes the batch in hand, acknowledges it, and exits as the platform expects.
func TestStoppedGently(t *testing.T) {
	s := newSetup(t)
	p := s.start(stream("a", "append", ""), never, 0)
	go func() {
		for p.acked.Load() < 500 {
			runtime.Gosched()
		}
		_ = p.Process.Signal(syscall.SIGTERM)
	}()
	p.send(1, 1e9)
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
	cmd.Env = append(os.Environ(), "DESTINATION_FILES=1")
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
	p := s.start(stream("a", "append", ""), never, 0)
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
