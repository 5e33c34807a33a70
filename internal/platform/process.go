package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/airbyte-go/cdk/internal/process"
)

// leftBehind is how long an output may stay silent and open after the process has ended: somebody
// who has left its group holds it. Nothing of the kind survives the end of a container.
const leftBehind = time.Second

// Process is a connector that is a program of its own. Its value is the command line without verb
// and flags, such as "./source-acme" or "python main.py". A shell reads it, as on the platform
// (C.1).
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
	dir    string   // of the files that flags name
	input  *os.File // nil: it has none
	output *outlet
	errors *outlet
	log    *lineSink
	logged chan struct{} // closed when standard error has ended
	ended  chan struct{} // closed when the process has
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
	r.log = &lineSink{take: c.Log}
	var theirs []*os.File // the ends that only the process has, once it runs
	defer func() {
		for _, f := range theirs {
			_ = f.Close()
		}
	}()
	for _, out := range []struct {
		ours   **outlet
		theirs *io.Writer
	}{{&r.output, &r.cmd.Stdout}, {&r.errors, &r.cmd.Stderr}} {
		reader, writer, err := os.Pipe()
		if err != nil {
			return fmt.Errorf("there is no pipe for the output: %w", err)
		}
		theirs = append(theirs, writer)
		*out.ours, *out.theirs = &outlet{file: reader}, writer
	}
	process.GrowPipe(r.output.file)
	if c.Input {
		reader, writer, err := os.Pipe()
		if err != nil {
			return fmt.Errorf("there is no pipe for the input: %w", err)
		}
		theirs = append(theirs, reader)
		r.input, r.cmd.Stdin = writer, reader
		process.GrowPipe(writer)
	}
	if err := r.cmd.Start(); err != nil {
		return fmt.Errorf("%q cannot be started: %w", line, err)
	}
	r.logged, r.ended = make(chan struct{}), make(chan struct{})
	go r.listen()
	go r.reap()
	return nil
}

// listen hands on what comes on standard error.
func (r *runningProcess) listen() {
	defer close(r.logged)
	_, _ = io.Copy(r.log, r.errors) // it ends with the process, and no error of it helps anyone
	r.log.flush()
}

// reap waits for the end of the process. What it left running in its group ends with it, and an
// output that somebody else still holds ends soon after, as both do in a container (C.1).
func (r *runningProcess) reap() {
	_ = r.cmd.Wait() // the state says more
	process.KillGroup(r.cmd.Process.Pid)
	r.output.orphan()
	r.errors.orphan()
	close(r.ended)
}

// outlet is the end of a pipe that is read. After the end of its process it ends when nothing has
// come for a while, even where somebody holds the other end, and soon where somebody goes on
// writing: what the process itself has left is no more than a pipe holds.
type outlet struct {
	file     *os.File
	orphaned atomic.Bool
	over     int           // bytes that came since
	waited   time.Duration // for them
}

const (
	// mostLeft is more than a pipe holds.
	mostLeft = 2 << 20
	// mostWaited is far more than what is in a pipe takes to be read.
	mostWaited = 5 * time.Second
)

// orphan says that the process has ended.
func (o *outlet) orphan() {
	o.orphaned.Store(true)
	_ = o.file.SetReadDeadline(time.Now().Add(leftBehind)) // of a read that waits now
}

// Read implements [io.Reader]. It is for one goroutine.
func (o *outlet) Read(p []byte) (int, error) {
	for {
		alone := o.orphaned.Load()
		begun := time.Now()
		if alone {
			if o.over > mostLeft || o.waited > mostWaited {
				return 0, io.EOF
			}
			_ = o.file.SetReadDeadline(begun.Add(leftBehind))
		}
		n, err := o.file.Read(p)
		if alone {
			o.over += n
			o.waited += time.Since(begun)
		}
		switch {
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return n, err
		case alone:
			return n, io.EOF
		}
	}
}

// files writes the files of a call into a folder and returns the command line that names them.
func (c Call) files(dir string) ([]string, error) {
	flags, err := process.Files{Config: c.Config, Catalog: c.Catalog, State: c.State}.
		Write(dir, false)
	return append([]string{c.Verb}, flags...), err
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

// Kill implements [Running]. The input is closed for the case that somebody else holds its other
// end and takes nothing: a write that waits fails then.
func (r *runningProcess) Kill() {
	process.KillAll(r.cmd.Process)
	if r.input != nil {
		_ = r.input.Close()
	}
}

// Wait implements [Running].
func (r *runningProcess) Wait() int {
	<-r.ended
	<-r.logged
	r.clear()
	if r.cmd.ProcessState == nil { // it could not be waited for
		return lostCode
	}
	return process.ExitCode(r.cmd.ProcessState)
}

func (r *runningProcess) clear() {
	if r.input != nil {
		_ = r.input.Close()
	}
	for _, o := range []*outlet{r.output, r.errors} {
		if o != nil {
			_ = o.file.Close()
		}
	}
	if r.dir != "" {
		_ = os.RemoveAll(r.dir)
	}
}

// lineSink cuts what is written to it into lines. It is safe for concurrent use.
type lineSink struct {
	take func(line string)
	mu   sync.Mutex
	rest []byte
}

// longestLogLine is where a line without an end is cut.
const longestLogLine = 64 << 10

func (s *lineSink) Write(p []byte) (int, error) {
	if s.take == nil {
		return len(p), nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = append(s.rest, p...)
	rest := s.rest
	for {
		line, after, found := bytes.Cut(rest, []byte{'\n'})
		if !found && len(rest) < longestLogLine {
			s.rest = append(s.rest[:0], rest...)
			return len(p), nil
		}
		s.say(line)
		rest = after
	}
}

// flush hands on a last line without an end.
func (s *lineSink) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.say(s.rest)
	s.rest = nil
}

func (s *lineSink) say(line []byte) {
	if line = bytes.TrimSpace(line); len(line) > 0 && s.take != nil {
		s.take(string(bytes.ToValidUTF8(line, []byte("?"))))
	}
}
