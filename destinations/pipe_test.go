package destinations_test

import (
	"io"
	"testing"
)

// pipe is standard input in the hands of a test.
type pipe struct {
	r    *io.PipeReader
	w    *io.PipeWriter
	done chan struct{} // closed by end
}

func newPipe(t *testing.T) *pipe {
	t.Helper()
	r, w := io.Pipe()
	return &pipe{r, w, make(chan struct{})}
}

func (p *pipe) lines(lines ...string) { _, _ = io.WriteString(p.w, join(lines)) }

func (p *pipe) end() {
	_ = p.w.Close()
	close(p.done)
}

// writerFunc sees each write.
type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}
