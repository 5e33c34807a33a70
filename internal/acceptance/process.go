package acceptance

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"time"

	"github.com/airbyte-go/cdk/internal/process"
)

// Process runs a connector that is a program of its own, in whatever language. Its value is the
// command line without verb and flags, such as "./source-acme" or "python main.py". A shell reads
// it, as on the platform.
type Process string

var _ Connector = Process("")

// Run implements [Connector].
func (p Process) Run(ctx context.Context, call Call) (*Outcome, error) {
	dir, err := os.MkdirTemp("", "cdk-test-*")
	if err != nil {
		return nil, fmt.Errorf("there is no place for the files of the run: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left behind is the system's to clear
	args, err := call.Files(dir)
	if err != nil {
		return nil, err
	}
	r := &processRun{call: call, command: process.Command(string(p), args)}
	r.command.Env = os.Environ()
	for name, value := range call.Environment {
		r.command.Env = append(r.command.Env, name+"="+value)
	}
	return r.run(ctx)
}

// processRun is one process.
type processRun struct {
	call    Call
	command *exec.Cmd

	begun    time.Time
	output   *os.File // the end that is read
	stdout   bytes.Buffer
	first    time.Time
	stopped  time.Time   // when the stop was carried out
	timedOut atomic.Bool // it was killed
	memory   int64       // the most it had when it wrote
}

func (r *processRun) run(ctx context.Context) (*Outcome, error) {
	output, input, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("there is no pipe for the output: %w", err)
	}
	defer output.Close() //nolint:errcheck // it was read, or closed on purpose
	var stderr bytes.Buffer
	r.output, r.command.Stdout, r.command.Stderr = output, input, &stderr
	r.command.WaitDelay = time.Second // for what the connector started and left behind
	r.begun = time.Now()
	err = r.command.Start()
	input.Close() //nolint:errcheck,gosec // the process has its own
	if err != nil {
		return nil, fmt.Errorf("the connector cannot be started: %w", err)
	}
	if r.call.Timeout > 0 {
		defer time.AfterFunc(r.call.Timeout, r.kill).Stop()
	}
	defer context.AfterFunc(ctx, r.kill)()
	r.read()
	err = r.command.Wait()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed &&
		!errors.Is(err, exec.ErrWaitDelay) {
		return nil, fmt.Errorf("the connector was lost: %w", err)
	}
	return r.outcome(stderr.String()), nil
}

// read takes the output line by line and carries out the stop on the way.
func (r *processRun) read() {
	lines := 0
	const block = 1 << 16 // what a pipe holds
	reader := bufio.NewReaderSize(r.output, block)
	for {
		line, err := reader.ReadSlice('\n')
		if len(line) > 0 && r.first.IsZero() {
			r.first = time.Now()
		}
		r.stdout.Write(line)
		if reader.Buffered() == 0 {
			r.memory = max(r.memory, process.PeakMemory(r.command.Process.Pid))
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return
		}
		lines++
		if stop := r.call.Stop; stop != nil && lines == stop.Lines {
			r.stop(stop)
			if stop.Close {
				return
			}
		}
	}
}

func (r *processRun) stop(stop *Stop) {
	if stop.Close {
		r.output.Close() //nolint:errcheck,gosec // that is what the stop is
	} else if !process.Terminate(r.command.Process) {
		return
	}
	r.stopped = time.Now()
	time.AfterFunc(stop.Grace, r.kill)
}

// kill ends the process and what it has started. After the end it does nothing.
func (r *processRun) kill() {
	r.timedOut.Store(true) // first, for the end comes at once
	if !process.KillAll(r.command.Process) {
		r.timedOut.Store(false)
	}
}

func (r *processRun) outcome(stderr string) *Outcome {
	state := r.command.ProcessState
	o := &Outcome{
		Stdout: r.stdout.String(), Stderr: stderr, Code: process.ExitCode(state),
		TimedOut: r.timedOut.Load(), Took: time.Since(r.begun), PeakMemory: r.memory,
	}
	if !r.first.IsZero() {
		o.FirstLine = r.first.Sub(r.begun)
	}
	if !r.stopped.IsZero() {
		o.Stopped, o.Ended = true, time.Since(r.stopped)
	}
	return o
}
