package entry

import (
	"io"
	"os"
	"time"
)

// diversion keeps what is not protocol away from stdout, and secrets away from stderr. As long as
// it lasts, os.Stdout and os.Stderr are a pipe whose other end is masked and copied to the real
// stderr, so that neither a forgotten fmt.Println nor a chatty library can do harm. What the
// runtime itself prints in a crash does not pass through it.
type diversion struct {
	stdout *os.File    // the real one
	stderr *maskWriter // masks before the real one
	pipe   *os.File    // the end to write to; nil where the system gave none
	done   chan struct{}
}

// divert must be called before anything else runs: the variables of package os are not guarded.
func divert(mask *Mask) *diversion {
	d := &diversion{
		stdout: os.Stdout,
		stderr: &maskWriter{mask: mask, to: os.Stderr},
		done:   make(chan struct{}),
	}
	os.Stdout = os.Stderr // should there be no pipe
	reader, writer, err := os.Pipe()
	if err != nil {
		close(d.done)
		return d // out of descriptors: without a mask is better than without stderr
	}
	os.Stdout, os.Stderr, d.pipe = writer, writer, writer
	go func() {
		defer close(d.done)
		// When stderr fails, reading on keeps the writers from blocking.
		if _, err := io.Copy(d.stderr, reader); err != nil {
			_, _ = io.Copy(io.Discard, reader)
		}
	}()
	return d
}

// close copies what is left and writes what the mask held back. It does not wait for long: a
// program that the connector started may keep its end of the pipe open.
func (d *diversion) close() {
	const patience = time.Second
	if d.pipe != nil {
		_ = d.pipe.Close()
	}
	select {
	case <-d.done:
	case <-time.After(patience):
	}
	_ = d.stderr.Close()
}
