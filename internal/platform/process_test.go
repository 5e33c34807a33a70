//go:build unix

package platform_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
)

// shell is a connector that a shell plays. What the platform adds to the command line is ignored.
func shell(script string) platform.Process {
	return platform.Process("sh -c '" + strings.ReplaceAll(script, "'", `'\''`) + "' sh")
}

// started starts a process and returns its output, line by line.
func started(t *testing.T, p platform.Process, c platform.Call) (platform.Running, *bufio.Scanner) {
	t.Helper()
	r, err := p.Start(t.Context(), c)
	require.NoError(t, err)
	t.Cleanup(r.Kill)
	lines := bufio.NewScanner(r.Output())
	lines.Buffer(nil, 1<<30)
	return r, lines
}

// next is the next line of an output.
func next(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	require.True(t, lines.Scan(), "the output ended")
	return lines.Text()
}

// The command line, and the files behind its flags (C.1).
func TestProcessFiles(t *testing.T) {
	t.Parallel()
	r, lines := started(t, shell(`echo "$@"; cat "$3" "$5" "$7"; ls -l "$3" | cut -c1-10`),
		platform.Call{
			Verb: "read", Config: []byte("config\n"), Catalog: []byte("catalog\n"),
			State: []byte("state\n"),
		})
	args := strings.Fields(next(t, lines))
	require.Len(t, args, 7)
	assert.Equal(t, []string{"read", "--config", "--catalog", "--state"},
		[]string{args[0], args[1], args[3], args[5]})
	assert.Equal(t, "config", next(t, lines))
	assert.Equal(t, "catalog", next(t, lines))
	assert.Equal(t, "state", next(t, lines))
	assert.Equal(t, "-rw-------", next(t, lines))
	assert.False(t, lines.Scan())
	assert.Zero(t, r.Wait())
	_, err := os.Stat(args[2])
	require.ErrorIs(t, err, os.ErrNotExist, "the files are cleared away")

	r, lines = started(t, shell(`echo "$@"; cat`), platform.Call{Verb: "spec"})
	assert.Equal(t, "spec", next(t, lines))
	assert.False(t, lines.Scan(), "the input is empty")
	assert.Nil(t, r.Input())
	assert.Zero(t, r.Wait())
}

// How a process ends, and what its code is then (A.9, C.1).
func TestProcessEnds(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		process platform.Process
		stop    func(platform.Running)
		want    int
	}{
		"by itself":        {shell("echo up; exit 7"), nil, 7},
		"by SIGTERM":       {shell("echo up; exec sleep 3600"), platform.Running.Stop, 143},
		"in order":         {shell(`trap "exit 3" TERM; echo up; sleep 3600 & wait`), platform.Running.Stop, 3},
		"by SIGKILL":       {shell(`trap "" TERM; echo up; sleep 3600 & wait`), platform.Running.Kill, 137},
		"a group":          {shell(`echo up; sleep 3600; true`), platform.Running.Kill, 137},
		"in a pipe":        {"echo up | cat; sh -c 'exit 5' # ", nil, 5},
		"by a signal":      {shell(`echo up; kill -SEGV $$`), nil, 128 + int(syscall.SIGSEGV)},
		"stop, then kill":  {shell(`trap "" TERM; echo up; sleep 3600 & wait`), func(r platform.Running) { r.Stop(); r.Kill() }, 137},
		"killed twice":     {shell(`echo up; exec sleep 3600`), func(r platform.Running) { r.Kill(); r.Kill() }, 137},
		"not there at all": {"/there/is/none || (code=$?; echo up; exit $code) # ", nil, 127},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, lines := started(t, k.process, platform.Call{Verb: "spec"})
			assert.Equal(t, "up", next(t, lines))
			if k.stop != nil {
				k.stop(r)
			}
			assert.False(t, lines.Scan())
			assert.Equal(t, k.want, r.Wait())
			r.Stop() // after the end neither does anything
			r.Kill()
		})
	}
}

// What a process started and left behind ends with it, and neither holds up the output nor the end.
// Whoever has left the group cannot be reached; the output ends all the same (C.1).
func TestProcessLeavesNobodyBehind(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		leave  string // starts something that writes its number and holds both outputs
		killed bool
	}{
		"in its group": {`sh -c "echo \$\$; exec sleep 3600" & sleep 0.2`, true},
		"outside of it": {
			`setsid sh -c "echo \$\$; exec sleep 3600" & sleep 0.2`, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			r, lines := started(t, shell(k.leave+"; echo last; echo err >&2"), platform.Call{
				Verb: "read", Log: func(line string) { log.WriteString(line) },
			})
			pid, err := strconv.Atoi(next(t, lines))
			require.NoError(t, err)
			t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
			assert.Equal(t, "last", next(t, lines))
			assert.False(t, lines.Scan())
			assert.Zero(t, r.Wait())
			assert.Equal(t, "err", log.String())
			assert.Equal(t, k.killed, hasEnded(pid))
		})
	}
}

// Nor does one who has left the group and goes on writing, a little or much, hold up the end.
func TestProcessLeavesAWriterBehind(t *testing.T) {
	t.Parallel()
	for name, loop := range map[string]string{
		"much":     "exec yes left",
		"a little": "while echo left; do sleep 0.2; done",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := 0
			r, lines := started(t, shell(`setsid sh -c "echo \$\$; `+loop+`" 2>&1 & sleep 0.2`),
				platform.Call{Verb: "read", Log: func(string) { log++ }})
			pid, err := strconv.Atoi(next(t, lines))
			require.NoError(t, err)
			t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
			ended := make(chan int, 1)
			go func() {
				for lines.Scan() {
					continue
				}
				ended <- r.Wait()
			}()
			select {
			case code := <-ended:
				assert.Zero(t, code)
			case <-time.After(time.Minute):
				t.Fatal("the output did not end")
			}
		})
	}
}

// hasEnded tells whether a process has, or is about to be reaped by whoever inherited it.
func hasEnded(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	return strings.HasPrefix(rest, "Z") || strings.HasPrefix(rest, "X")
}

// Whoever holds the input and takes nothing does not hold up a write for ever.
func TestProcessWhoseInputIsHeld(t *testing.T) {
	t.Parallel()
	r, lines := started(t, shell(`exec 3<&0; setsid sh -c "echo \$\$; exec sleep 3600" & wait`),
		platform.Call{Verb: "write", Input: true})
	pid, err := strconv.Atoi(next(t, lines))
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	failed := make(chan error, 1)
	go func() {
		_, err := r.Input().Write(make([]byte, 8<<20)) // more than a pipe holds
		failed <- err
	}()
	select {
	case err := <-failed:
		t.Fatalf("nothing took it: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	r.Kill()
	require.Error(t, <-failed)
	assert.Equal(t, 137, r.Wait())
}

// Standard error is a log, line by line, whatever it holds.
func TestProcessLog(t *testing.T) {
	t.Parallel()
	var log []string
	r, lines := started(t, shell(`printf "one\r\n\n  two \nthree\377\n" >&2; printf four >&2; `+
		`head -c 200000 /dev/zero | tr "\0" x >&2`),
		platform.Call{Verb: "check", Log: func(line string) { log = append(log, line) }})
	assert.False(t, lines.Scan())
	assert.Zero(t, r.Wait())
	assert.Equal(t, []string{"one", "two", "three?"}, log[:3])
	assert.Equal(t, "four"+strings.Repeat("x", 200_000), strings.Join(log[3:], ""))
	for _, line := range log {
		assert.LessOrEqual(t, len(line), 200_004)
	}

	r, lines = started(t, shell(`seq 100000 >&2; echo out`), platform.Call{Verb: "check"})
	assert.Equal(t, "out", next(t, lines), "a log that nobody wants does not block")
	assert.Zero(t, r.Wait())
}

// Much output comes whole, also what was in the pipe when the process had ended.
func TestProcessLargeOutput(t *testing.T) {
	t.Parallel()
	r, err := shell("head -c 50000000 /dev/zero").Start(t.Context(), platform.Call{Verb: "read"})
	require.NoError(t, err)
	n, err := io.Copy(io.Discard, r.Output())
	require.NoError(t, err)
	assert.EqualValues(t, 50_000_000, n)
	assert.Zero(t, r.Wait())

	r, err = shell("head -c 60000 /dev/zero").Start(t.Context(), platform.Call{Verb: "read"})
	require.NoError(t, err)
	<-time.After(1500 * time.Millisecond) // longer than an output may stay silent after the end
	n, err = io.Copy(io.Discard, r.Output())
	require.NoError(t, err)
	assert.EqualValues(t, 60_000, n)
	assert.Zero(t, r.Wait())
}

// A process that can be started has its files and pipes closed after its end: a hundred runs leave
// no more open than one.
func TestProcessClosesItsFiles(t *testing.T) {
	open := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("this system does not list open files")
		}
		return len(entries)
	}
	before := 0
	for n := range 20 {
		r, err := platform.Process("cat").Start(t.Context(), platform.Call{Verb: "", Input: true})
		require.NoError(t, err)
		require.NoError(t, r.Input().Close())
		_, err = io.Copy(io.Discard, r.Output())
		require.NoError(t, err)
		r.Wait()
		if n == 0 {
			before = open()
		}
	}
	assert.LessOrEqual(t, open(), before+2)
}

// Two processes make a whole sync, and one that is killed in the midst of it ends it.
func TestSyncOfProcesses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lines := filepath.Join(dir, "lines")
	back := `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},` +
		`"stream_state":{"i":1}},"sourceStats":{"recordCount":1.0},"destinationStats":` +
		`{"recordCount":1.0},"id":1}}`
	require.NoError(t, os.WriteFile(lines,
		[]byte(strings.Join(whole("a", record1, state("a", `{"i":1}`)), "\n")+"\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "back"), []byte(back+"\n"), 0o600))
	source, destination := "cat '"+lines+"' #", "cat > /dev/null; cat '"+dir+"/back' #"
	for name, k := range map[string]struct {
		source, destination string
		want                platform.Outcome
		failure             string
	}{
		"all well": {source, destination, platform.Succeeded, ""},
		"the source dies": {
			"cat '" + lines + "'; kill -KILL $$ #", destination, platform.Failed,
			"the source ended with exit code 137",
		},
		"the destination dies": {
			source + "\n exec sleep 3600 #", "kill -KILL $$ #", platform.Failed,
			"the destination ended with exit code 137",
		},
		"no such source": {
			"/there/is/none", destination, platform.Failed,
			"the shell found no program to start as the source",
		},
		"no such destination": {
			"sleep 3600 #", "/there/is/none", platform.Failed, "to start as the destination",
		},
		"the destination is off": {
			source, "exec >&-; cat > /dev/null; exit 3 #", platform.Failed,
			"the destination ended with exit code 3",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var log strings.Builder
			s := &platform.Sync{
				Source: platform.Process(k.source), Destination: platform.Process(k.destination),
				Catalog: appending(), Store: storeIn(t),
				Log: func(e platform.Entry) {
					mu.Lock()
					defer mu.Unlock()
					fmt.Fprintln(&log, e.Origin, e.Text)
				},
			}
			r, err := s.Run(t.Context())
			require.NoError(t, err)
			assert.Equal(t, k.want, r.Outcome, log.String())
			if k.failure == "" {
				assert.Empty(t, r.Findings)
				assert.True(t, r.Streams[0].Complete)
				return
			}
			require.NotEmpty(t, r.Attempts[0].Failures)
			assert.Contains(t, r.Attempts[0].Failures[0].Message, k.failure)
		})
	}
}
