package cdktest

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// recorder is a test that may fail without failing the test around it.
type recorder struct {
	testing.TB

	mu       sync.Mutex
	failures []string
	cleanups []func()
}

// failuresOf returns with what f fails its test.
func failuresOf(t testing.TB, f func(t testing.TB)) []string {
	t.Helper()
	r := &recorder{TB: t}
	r.do(func() { f(r) })
	for _, cleanup := range slices.Backward(r.cleanups) {
		r.do(cleanup)
	}
	return r.failures
}

// do runs f to its end or to the point where it ends the test.
func (r *recorder) do(f func()) {
	var done sync.WaitGroup
	done.Go(f)
	done.Wait()
}

func (r *recorder) Helper() {}

func (r *recorder) Logf(string, ...any) {}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) FailNow() { runtime.Goexit() }

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	r.FailNow()
}
