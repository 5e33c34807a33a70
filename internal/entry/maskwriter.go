package entry

import (
	"io"
	"sync"
)

// maskWriter masks what is written through it. It passes everything on at once except an end that
// may be the start of a secret: that waits for the next write or for Close. It may be used from
// many goroutines at once.
type maskWriter struct {
	mask *Mask
	to   io.Writer

	mu   sync.Mutex
	scan maskScan
}

// Write masks p and passes it on. The error is that of the writer behind.
func (w *maskWriter) Write(p []byte) (int, error) {
	if err := w.pass(string(p), false); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close writes what was held back. The writer behind stays open, and this one remains usable.
func (w *maskWriter) Close() error { return w.pass("", true) }

func (w *maskWriter) pass(text string, last bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []byte(text)
	if forms := w.mask.forms.Load(); forms != nil {
		out = w.scan.next(nil, forms, text, last)
	}
	if len(out) == 0 {
		return nil
	}
	_, err := w.to.Write(out)
	return err
}
