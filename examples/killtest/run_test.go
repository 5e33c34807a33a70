//go:build linux

package killtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
)

// part is one of the processes of a sync.
type part string

const (
	sourcePart      part = "source"
	destinationPart part = "destination"
	platformPart    part = "platform"
	serverPart      part = "server" // of the database
)

// syncRun is one run of the platform, with both connectors below it.
type syncRun struct {
	dir   string
	cmd   *exec.Cmd
	out   bytes.Buffer
	begun time.Time
	gone  chan struct{} // closed when all three have ended
}

// startRun starts the platform.
func startRun(tb testing.TB, dir string, t task) *syncRun {
	tb.Helper()
	r := &syncRun{dir: dir, begun: time.Now(), gone: make(chan struct{})}
	for _, p := range []part{sourcePart, destinationPart} {
		_ = os.Remove(r.pidFile(p))
	}
	t.Source = r.noting(sourcePart, t.Source)
	t.Destination = r.noting(destinationPart, t.Destination)
	text, err := json.Marshal(t)
	require.NoError(tb, err)
	log, err := os.Create(r.logFile())
	require.NoError(tb, err)
	defer log.Close()
	// The connectors inherit the pipe from the platform, so it ends with the last of them.
	ours, theirs, err := os.Pipe()
	require.NoError(tb, err)
	r.cmd = exec.Command(os.Args[0])
	r.cmd.Env = append(os.Environ(), asPlatform+"=1")
	r.cmd.Stdin, r.cmd.Stdout, r.cmd.Stderr = bytes.NewReader(text), &r.out, log
	r.cmd.ExtraFiles = []*os.File{theirs}
	require.NoError(tb, r.cmd.Start())
	require.NoError(tb, theirs.Close())
	go func() {
		_, _ = io.Copy(io.Discard, ours)
		_ = ours.Close()
		close(r.gone)
	}()
	return r
}

func (r *syncRun) pidFile(p part) string { return filepath.Join(r.dir, string(p)+".pid") }
func (r *syncRun) logFile() string       { return filepath.Join(r.dir, "platform.log") }

// noting is a command line that writes down its process before it becomes the program.
func (r *syncRun) noting(p part, program string) string {
	return fmt.Sprintf("echo $$ > '%s'; exec '%s'", r.pidFile(p), program)
}

// pid is the process of a part; 0 where it does not run, or is not sure to be the one.
func (r *syncRun) pid(p part) int {
	if p == platformPart {
		return r.cmd.Process.Pid
	}
	text, err := os.ReadFile(r.pidFile(p))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	program, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil || filepath.Dir(program) != programs {
		return 0
	}
	return pid
}

// signal sends a signal to a part, and reports whether it was there.
func (r *syncRun) signal(p part, s syscall.Signal) bool {
	if r.isGone() {
		return false
	}
	pid := r.pid(p)
	return pid != 0 && syscall.Kill(pid, s) == nil
}

func (r *syncRun) isGone() bool {
	select {
	case <-r.gone:
		return true
	default:
		return false
	}
}

// within waits for a while, and reports whether the run goes on.
func (r *syncRun) within(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-r.gone:
		return false
	case <-timer.C:
		return true
	}
}

// wait waits for the end of all three. The report is nil where the platform could not write it.
func (r *syncRun) wait(tb testing.TB) *platform.Report {
	tb.Helper()
	const patience = 5 * time.Minute
	if r.within(patience) {
		for _, p := range []part{sourcePart, destinationPart, platformPart} {
			r.signal(p, syscall.SIGQUIT) // it says where it hangs
		}
		<-r.gone
		tb.Fatalf("a part did not end within %v:\n%s", patience, r.log())
	}
	_ = r.cmd.Wait() // the report says more
	report := new(platform.Report)
	if json.Unmarshal(r.out.Bytes(), report) != nil {
		return nil
	}
	return report
}

// log is the end of what the platform has logged.
func (r *syncRun) log() string {
	const shown = 20_000
	text, err := os.ReadFile(r.logFile())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-shown):])
}
