package conformance

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/internal/platform"
)

// mortal is a destination within this process that can be killed: it loses its pipes, and what it
// has not loaded, and is waited for.
type mortal struct{ platform.InProcess }

// mortalRun is one run of it.
type mortalRun struct {
	input     *io.PipeWriter
	inputEnd  *io.PipeReader
	output    *io.PipeReader
	outputEnd *io.PipeWriter
	cancel    context.CancelFunc
	done      chan struct{}
	code      int
}

func (m mortal) Start(ctx context.Context, c platform.Call) (platform.Running, error) {
	if c.Verb != "write" {
		return m.InProcess.Start(ctx, c)
	}
	r := &mortalRun{done: make(chan struct{}), code: 137}
	ctx, r.cancel = context.WithCancel(ctx)
	r.inputEnd, r.input = io.Pipe()
	r.output, r.outputEnd = io.Pipe()
	go func() {
		defer close(r.done)
		code := m.InProcess(ctx, c, r.inputEnd, r.outputEnd)
		if r.outputEnd.Close(); code == 0 && ctx.Err() == nil {
			r.code = 0
		}
		_ = r.inputEnd.Close()
	}()
	return r, nil
}

func (r *mortalRun) Input() io.WriteCloser { return r.input }
func (r *mortalRun) Output() io.Reader     { return r.output }
func (r *mortalRun) Stop()                 { r.Kill() }

func (r *mortalRun) Kill() {
	r.cancel()
	_ = r.inputEnd.Close()
	_ = r.outputEnd.Close()
}

func (r *mortalRun) Wait() int {
	<-r.done
	r.cancel()
	return r.code
}

func TestKill(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		defect

		says string // a part of the failure; empty: there is none
	}{
		"correct":                 {defect{}, ""},
		"append only":             {defect{offers: `["append"]`}, ""},
		"acknowledges early":      {defect{acksEarly: true}, "is lost"},
		"replaces at once":        {defect{replacesAtOnce: true}, "it shows"},
		"swaps a half":            {defect{swapsKilled: true}, "it shows"},
		"older rows come to stay": {defect{losesTies: true, nullWins: true}, ""},
		"forgets its staged rows": {defect{forgetsStaged: true}, "it shows"},
		"gives states at the end": {defect{states: heldBack}, "nothing was proved"},
		"makes states up":         {states(madeUp), "that it was not given"},
		"hangs":                   {defect{hangs: true}, "did not end within 3m0s"},
		"keeps the last state to itself": {
			defect{states: func(_ *write, line string) []string {
				if strings.Contains(line, `"n":1000}`) {
					return nil
				}
				return []string{line}
			}}, "did not write the last state",
		},
		"makes many states up": {
			defect{states: func(_ *write, line string) []string {
				return slices.Repeat([]string{line}, 200)
			}}, "that it was not given",
		},
		"has no spec": {defect{offers: `[`}, "There was no spec"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				subject := newReference(test.defect).subject()
				subject.Connector = mortal{subject.Connector.(platform.InProcess)}
				v := Kill(t.Context(), subject, Kills{Number: 10})
				text := strings.Join(v.Failures, "\n")
				if test.says == "" {
					assert.Empty(t, v.Failures)
					assert.GreaterOrEqual(t, len(v.Notes), 10)
					return
				}
				assert.Contains(t, text, test.says)
			})
		})
	}
}

// TestKillThatIsCancelled: nobody waits for a destination that hangs once the test is over.
func TestKillThatIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		subject := newReference(defect{hangs: true}).subject()
		subject.Connector = mortal{subject.Connector.(platform.InProcess)}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		v := Kill(ctx, subject, Kills{})
		assert.Equal(t, time.Second, time.Since(began))
		assert.Len(t, v.Failures, 1)
	})
}

// TestKillOfSomethingElse: the destination must fail by itself when what it needs is gone.
func TestKillOfSomethingElse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		defect

		other error
		says  string
	}{
		"correct":              {},
		"ends well":            {defect{exitsWell: true}, nil, "by itself with exit code 0"},
		"cannot be started":    {defect{}, errors.New("no such server"), "no such server"},
		"replaces at the kill": {defect{swapsAnyway: true}, nil, "it shows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				subject := newReference(test.defect).subject()
				subject.Connector = mortal{subject.Connector.(platform.InProcess)}
				kills := 0
				v := Kill(t.Context(), subject, Kills{Other: func() error {
					kills++
					return test.other
				}})
				assert.Positive(t, kills)
				text := strings.Join(v.Failures, "\n")
				if test.says == "" {
					assert.Empty(t, v.Failures)
				}
				assert.Contains(t, text, test.says)
			})
		})
	}
}

func heldBack(w *write, line string) []string {
	w.held = append(w.held, line)
	return nil
}

func madeUp(line string) string { return strings.Replace(line, `"n":900`, `"n":9000000`, 1) }
