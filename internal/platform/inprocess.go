package platform

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
)

// InProcess is a connector that runs within this process: sources.Run or destinations.Run, or a
// stand-in. It gets the contents of the files instead of their paths where it has no use for a
// command line; [WithFiles] makes one of a function that has.
type InProcess func(ctx context.Context, c Call, in io.Reader, out io.Writer) (code int)

var _ Connector = InProcess(nil)

// WithFiles makes a connector of a function that reads a command line, as the Run of the kit's
// packages does.
func WithFiles(
	run func(ctx context.Context, args []string, in io.Reader, out, log io.Writer) int,
) InProcess {
	return func(ctx context.Context, c Call, in io.Reader, out io.Writer) int {
		log := &lineSink{take: c.Log}
		defer log.flush()
		dir, err := os.MkdirTemp("", "cdk-sync-*")
		if err != nil {
			fmt.Fprintf(log, "there is no place for the files of %s: %v", c.Verb, err)
			return lostCode
		}
		defer os.RemoveAll(dir) //nolint:errcheck // what is left behind is the system's to clear
		args, err := c.files(dir)
		if err != nil {
			fmt.Fprint(log, err)
			return lostCode
		}
		return run(ctx, args, in, out, log)
	}
}

// Start implements [Connector]. Stop cancels the context; Kill takes its input and output away as
// well, and Wait does not wait for it then, because nothing can end a goroutine from outside.
func (f InProcess) Start(ctx context.Context, c Call) (Running, error) {
	ctx, cancel := context.WithCancel(ctx)
	r := &runningFunc{cancel: cancel, code: make(chan int, 1), killed: make(chan struct{})}
	outReader, outWriter := io.Pipe()
	inReader, inWriter := io.Pipe()
	r.output, r.input, r.close = outReader, inWriter, func() {
		_ = inReader.Close()
		_ = outWriter.Close()
	}
	if !c.Input {
		_ = inWriter.Close()
		r.input = nil
	}
	go func() {
		code := f(ctx, c, inReader, outWriter)
		r.code <- code
		r.close()
		cancel()
	}()
	return r, nil
}

// runningFunc is one call of a function.
type runningFunc struct {
	input  *io.PipeWriter
	output *io.PipeReader
	cancel context.CancelFunc
	close  func()
	code   chan int
	killed chan struct{}
	once   sync.Once
}

func (r *runningFunc) Input() io.WriteCloser {
	if r.input == nil {
		return nil
	}
	return r.input
}

func (r *runningFunc) Output() io.Reader { return r.output }

func (r *runningFunc) Stop() { r.cancel() }

func (r *runningFunc) Kill() {
	r.once.Do(func() { close(r.killed) })
	r.cancel()
	r.close()
}

func (r *runningFunc) Wait() int {
	select {
	case code := <-r.code:
		return code
	case <-r.killed:
		return killedCode
	}
}
