package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// command is a process to measure.
type command struct {
	args  []string
	stdin func(w io.Writer) error // what is written to its standard input; nil for nothing
	limit time.Duration           // after which it counts as hung; 0 means two minutes
	// environment is what its environment has beside that of this process.
	environment []string
}

// usage is what one run of a process took.
type usage struct {
	records int64 // RECORD lines on its standard output
	bytes   int64 // of standard output
	wall    time.Duration
	cpu     time.Duration // user and system, of the process and of those it waited for
	peak    int64         // bytes of memory that were resident at once; 0 where unknown
	curve   []moment
}

// measure runs c to its end and reads its standard output, of which it counts the records. This
// process is the one at the other end of the pipe; what it costs is not in the usage.
func measure(ctx context.Context, c command) (usage, error) {
	ctx, cancel := context.WithTimeout(ctx, max(c.limit, 2*time.Minute))
	defer cancel()
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Env = append(cmd.Environ(), c.environment...)
	complaint := &tail{}
	cmd.Stderr = complaint
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return usage{}, err
	}
	feed, err := feedOf(cmd, c.stdin)
	if err != nil {
		return usage{}, err
	}
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	fed := make(chan error, 1)
	go func() { fed <- feed() }()
	watch := watchMemory(cmd.Process.Pid, started)
	lines := &counter{moved: watch.records.Store}
	_, readErr := io.CopyBuffer(lines, onlyReader{stdout}, make([]byte, 256<<10))
	waitErr := cmd.Wait()
	u := usage{records: lines.records, bytes: lines.bytes, wall: time.Since(started)}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	u.curve = watch.stop()
	u.peak = peakOf(cmd.ProcessState, u.curve)
	if err := errors.Join(waitErr, readErr, <-fed); err != nil {
		return u, fmt.Errorf("%q: %w\n%s%s", c.args, err, lines.errors.Bytes(), complaint)
	}
	return u, nil
}

// feedOf is what fills standard input.
func feedOf(cmd *exec.Cmd, write func(io.Writer) error) (func() error, error) {
	if write == nil {
		return func() error { return nil }, nil
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return func() error { return errors.Join(write(stdin), stdin.Close()) }, nil
}

// onlyReader hides the other methods of a file, with which io.CopyBuffer would pass by the buffer.
type onlyReader struct{ io.Reader }

// counter counts the lines of the protocol that are written to it.
type counter struct {
	records, bytes int64
	moved          func(records int64) // told after each write
	errors         bytes.Buffer        // the first lines that say what went wrong
	start          []byte              // of a line that a write has not ended
}

var recordPrefix = []byte(`{"type":"RECORD"`)

// Write takes what arrived. Of a line only the beginning matters.
func (c *counter) Write(p []byte) (int, error) {
	c.bytes += int64(len(p))
	for rest := p; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			room := 4096 - len(c.start)
			c.start = append(c.start, rest[:min(room, len(rest))]...)
			break
		}
		line := rest[:end]
		if len(c.start) > 0 {
			line = append(c.start, line[:min(len(line), 4096)]...)
			c.start = c.start[:0]
		}
		c.line(line)
		rest = rest[end+1:]
	}
	if c.moved != nil {
		c.moved(c.records)
	}
	return len(p), nil
}

func (c *counter) line(line []byte) {
	const enough = 8 << 10
	switch {
	case bytes.HasPrefix(line, recordPrefix):
		c.records++
	case bytes.Contains(line, []byte(`"ERROR"`)) && c.errors.Len() < enough:
		c.errors.Write(line[:min(len(line), 2000)])
		c.errors.WriteByte('\n')
	}
}

// tail keeps the last lines of what a process says on standard error.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	const enough = 4 << 10
	t.text = append(t.text, p...)
	if len(t.text) > enough {
		t.text = append(t.text[:0], t.text[len(t.text)-enough:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.text) }

// server is a process that runs beside the measured ones and ends when its standard input does.
type server struct {
	cmd   *exec.Cmd
	stdin io.Closer
	line  string // the first that it printed: its address
}

func startServer(ctx context.Context, args ...string) (*server, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, stdin: stdin}
	s.line, err = bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%q said nothing: %w", args, err), s.stop())
	}
	s.line = s.line[:len(s.line)-1]
	return s, nil
}

func (s *server) stop() error { return errors.Join(s.stdin.Close(), s.cmd.Wait()) }
