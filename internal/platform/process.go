package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/airbyte-go/cdk/internal/process"
)

// leftBehind is how long the end waits for what the connector started and left behind with its
// standard error.
const leftBehind = time.Second

// Process is a connector that is a program of its own. Its value is the command line without verb
// and flags, such as "./source-acme" or "python main.py". A shell reads it, as on the platform (C.1).
type Process string

var _ Connector = Process("")

// Start implements [Connector].
func (p Process) Start(_ context.Context, c Call) (Running, error) {
	r := new(runningProcess)
	if err := r.start(string(p), c); err != nil {
		r.clear()
		return nil, err
	}
	return r, nil
}

// runningProcess is one process. What it writes to standard output goes through a pipe that nothing
// else reads, so that no byte is copied on the way.
type runningProcess struct {
	cmd    *exec.Cmd
	dir    string // of the files that flags name
	input  *os.File
	output *os.File
	log    *lineSink
}

func (r *runningProcess) start(line string, c Call) (err error) {
	if r.dir, err = os.MkdirTemp("", "cdk-sync-*"); err != nil {
		return fmt.Errorf("there is no place for the files of %s: %w", c.Verb, err)
	}
	args, err := c.files(r.dir)
	if err != nil {
		return err
	}
	r.cmd = process.Command(line, args)
	r.cmd.WaitDelay = leftBehind
	r.log = &lineSink{take: c.Log}
	r.cmd.Stderr = r.log
	var theirs []*os.File // the ends that only the process has, once it runs
	defer func() {
		for _, f := range theirs {
			_ = f.Close()
		}
	}()
	reader, writer, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("there is no pipe for the output: %w", err)
	}
	theirs = append(theirs, writer)
	r.output, r.cmd.Stdout = reader, writer
	process.GrowPipe(reader)
	if c.Input {
		if reader, writer, err = os.Pipe(); err != nil {
			return fmt.Errorf("there is no pipe for the input: %w", err)
		}
		theirs = append(theirs, reader)
		r.input, r.cmd.Stdin = writer, reader
		process.GrowPipe(writer)
	}
	if err := r.cmd.Start(); err != nil {
		return fmt.Errorf("%q cannot be started: %w", line, err)
	}
	return nil
}

// files writes the files of a call into a folder and returns the command line that names them.
func (c Call) files(dir string) ([]string, error) {
	args := []string{c.Verb}
	for _, file := range []struct {
		flag    string
		content []byte
	}{{"config", c.Config}, {"catalog", c.Catalog}, {"state", c.State}} {
		if file.content == nil {
			continue
		}
		path := filepath.Join(dir, file.flag+".json")
		if err := os.WriteFile(path, file.content, 0o600); err != nil {
			return nil, fmt.Errorf("the file for --%s cannot be written: %w", file.flag, err)
		}
		args = append(args, "--"+file.flag, path)
	}
	return args, nil
}

func (r *runningProcess) Input() io.WriteCloser {
	if r.input == nil {
		return nil
	}
	return r.input
}

func (r *runningProcess) Output() io.Reader { return r.output }

func (r *runningProcess) Stop() {
	if !process.Terminate(r.cmd.Process) {
		r.Kill() // where there is no SIGTERM
	}
}

func (r *runningProcess) Kill() { process.KillAll(r.cmd.Process) }

// Wait implements [Running]. Whatever the process left running in its group ends with it, as it
// does in a container.
func (r *runningProcess) Wait() int {
	err := r.cmd.Wait()
	r.clear()
	r.log.flush()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited &&
		!errors.Is(err, exec.ErrWaitDelay) {
		return lostCode
	}
	return process.ExitCode(r.cmd.ProcessState)
}

func (r *runningProcess) clear() {
	for _, f := range []*os.File{r.input, r.output} {
		if f != nil {
			_ = f.Close()
		}
	}
	if r.dir != "" {
		_ = os.RemoveAll(r.dir)
	}
}

// lineSink cuts what is written to it into lines.
type lineSink struct {
	take func(line string)
	rest []byte
}

// longestLogLine is where a line without an end is cut.
const longestLogLine = 64 << 10

func (s *lineSink) Write(p []byte) (int, error) {
	if s.take == nil {
		return len(p), nil
	}
	s.rest = append(s.rest, p...)
	for {
		line, rest, found := bytes.Cut(s.rest, []byte{'\n'})
		if !found && len(s.rest) < longestLogLine {
			return len(p), nil
		}
		s.say(line)
		s.rest = append(s.rest[:0], rest...)
	}
}

// flush hands on a last line without an end. It must not be called while something is written.
func (s *lineSink) flush() {
	s.say(s.rest)
	s.rest = nil
}

func (s *lineSink) say(line []byte) {
	if line = bytes.TrimSpace(line); len(line) > 0 && s.take != nil {
		s.take(string(bytes.ToValidUTF8(line, []byte("?"))))
	}
}
