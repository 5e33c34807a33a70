package cdktest

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"testing"
	"time"

	"github.com/airbyte-go/cdk/internal/acceptance"
)

// inProcess runs a source of the test's process for the acceptance tests.
type inProcess struct {
	*connector

	t *testing.T // of the check that is running
}

var _ acceptance.Connector = (*inProcess)(nil)

// Run implements [acceptance.Connector].
func (p *inProcess) Run(ctx context.Context, call acceptance.Call) (*acceptance.Outcome, error) {
	args, err := call.Files(p.t.TempDir())
	if err != nil {
		return nil, err
	}
	for name, value := range call.Environment {
		p.t.Setenv(name, value)
	}
	if p.cassette != nil && call.Config != nil {
		p.cassette.learnConfig(p.specification(), call.Config)
	}
	if p.fake == nil {
		return p.watched(ctx, call, args), nil
	}
	var out *acceptance.Outcome
	Bubble(p.t, func(t *testing.T, api *API) {
		t.Helper()
		p.fake(api)
		p.transport = api
		out = p.once(t.Context(), call, args)
		out.Took, out.FirstLine = 0, 0 // they would be virtual
	})
	return out, nil
}

// watched runs with an eye on what is left behind. In a bubble package synctest does that.
func (p *inProcess) watched(
	ctx context.Context, call acceptance.Call, args []string,
) (out *acceptance.Outcome) {
	left := leftBehind(ctx, func(ctx context.Context) { out = p.once(ctx, call, args) })
	out.Leaked = left
	return out
}

// once runs the source, for as long as the call allows.
func (p *inProcess) once(
	ctx context.Context, call acceptance.Call, args []string,
) *acceptance.Outcome {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	begun := time.Now()
	out := &output{begun: begun}
	told := make(chan struct{})
	var stopped *outlet
	var sink io.Writer = out
	if stop := call.Stop; stop != nil {
		stopped = &outlet{
			lines: stop.Lines, ending: terminated, cancel: cancel, onStop: func() { close(told) },
		}
		if stop.Close {
			stopped.ending = closed
		}
		sink = stopped
	}
	result := &acceptance.Outcome{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		result.Code, result.Stderr = p.launch(ctx, sink, args...)
	}()
	if !ends(done, told, call) {
		cancel(context.DeadlineExceeded)
		return &acceptance.Outcome{TimedOut: true, Took: time.Since(begun)}
	}
	result.Took, result.FirstLine = time.Since(begun), out.first
	result.Stdout = out.String()
	if stopped != nil {
		result.Stdout, result.Stopped = stopped.left.String(), stopped.stopped
		result.Refused = stopped.refused
	}
	return result
}

// ends waits for a run and reports whether it ended in time, also after it was told to stop.
func ends(done, told <-chan struct{}, call acceptance.Call) bool {
	const otherwise = 20 * time.Minute
	select {
	case <-done:
		return true
	case <-time.After(cmp.Or(call.Timeout, otherwise)):
		return false
	case <-told:
	}
	select {
	case <-done:
		return true
	case <-time.After(call.Stop.Grace):
		return false
	}
}

// output is standard output in memory.
type output struct {
	bytes.Buffer

	begun time.Time
	first time.Duration // until the first write
}

// Write implements [io.Writer]. A connector's writer calls it from one goroutine at a time.
func (o *output) Write(p []byte) (int, error) {
	if o.first == 0 {
		o.first = time.Since(o.begun)
	}
	return o.Buffer.Write(p)
}
