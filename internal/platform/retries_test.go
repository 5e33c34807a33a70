package platform_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// The waits after complete failures in a row (C.4).
func TestBackoff(t *testing.T) {
	t.Parallel()
	for failures, want := range map[int]time.Duration{
		1: 10 * time.Second, 2: 30 * time.Second, 3: 90 * time.Second, 4: 270 * time.Second,
		5: 810 * time.Second, 6: 30 * time.Minute, 100: 30 * time.Minute,
	} {
		assert.Equal(t, want, platform.Backoff(failures), failures)
	}
}

// attemptsOf is a source whose attempts commit something (p), commit nothing (c) or succeed (s); the
// last one goes on for ever.
func attemptsOf(kinds string) func(*puppet) int {
	n := 0
	return func(p *puppet) int {
		kind := kinds[min(n, len(kinds)-1)]
		n++
		switch kind {
		case 'p':
			p.say(record1, state("a", `{"i":1}`))
			return 1
		case 's':
			p.say(whole("a", state("a", `{"i":2}`))...)
			return 0
		}
		return 1
	}
}

// When the platform tries again, when it gives up, and how long that takes (C.4).
func TestRetries(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, k := range map[string]struct {
		kinds    string
		attempts int // that are allowed
		want     platform.Outcome
		made     int
		took     time.Duration
	}{
		"none":                               {"cs", 0, platform.Failed, 1, 0},
		"the second succeeds":                {"cs", 3, platform.Succeeded, 2, 10 * s},
		"all that are allowed":               {"c", 3, platform.Failed, 3, 40 * s},
		"five complete failures in a row":    {"c", 100, platform.Failed, 5, 400 * s},
		"ten complete failures":              {"ccccpccccpccccp", 100, platform.Failed, 12, 2*400*s + 10*s},
		"twenty partial failures":            {"p", 100, platform.Failed, 20, 0},
		"a partial failure begins a new row": {"ccpcs", 100, platform.Succeeded, 5, 40*s + 10*s},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				x := newStage(attemptsOf(k.kinds), echoes)
				x.sync.Attempts = k.attempts
				r := x.run(t.Context(), t, k.want, k.took)
				require.Len(t, r.Attempts, k.made)
				for i, a := range r.Attempts {
					assert.Equal(t, i+1, a.Number)
					partial := k.kinds[min(i, len(k.kinds)-1)] == 'p'
					assert.Equal(t, partial, a.Partial())
				}
			})
		})
	}
}

func TestBackoffOfOnesOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := newStage(attemptsOf("ccs"), echoes)
		x.sync.Attempts = 3
		x.sync.Backoff = func(complete int) time.Duration { return time.Duration(complete) }
		x.run(t.Context(), t, platform.Succeeded, 3)
	})
}

// A retry goes on from the states that the attempt before has reached, and the report adds up.
func TestRetryGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := newStage(attemptsOf("ps"), echoes)
		x.sync.Attempts = 2
		r := x.run(t.Context(), t, platform.Succeeded, 0)
		assert.Nil(t, x.source.calls[0].State)
		assert.Contains(t, string(x.source.calls[1].State), `"stream_state":{"i":1}`)
		assert.EqualValues(t, 1, r.Streams[0].Records)
		assert.EqualValues(t, 2, r.Streams[0].States)
		assert.EqualValues(t, 1, r.Attempts[0].Committed)
		assert.Zero(t, r.Attempts[1].Committed)
		assert.Empty(t, r.Attempts[1].Failures)
		assert.True(t, r.Streams[0].Complete)
	})
}

// A new config counts from the next attempt on and is saved at once, whichever connector it is of;
// that it cannot be saved is only logged (A.9, CONTROL).
func TestControl(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source, destination := attemptsOf("cs"), 0
		x := newStage(func(p *puppet) int {
			if len(p.calls) == 1 {
				p.say(control(`{"token":1}`), control(`{"token": 2}`))
			}
			return source(p)
		}, func(p *puppet) int {
			if destination++; destination == 1 {
				p.say(control(`{"table":"b"}`), `{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG"}}`)
			}
			return echoes(p)
		})
		var saved []string
		x.sync.Attempts = 2
		x.sync.SourceConfig, x.sync.DestinationConfig = []byte(`{"token":0}`), []byte(`{"table":"a"}`)
		x.sync.SaveSourceConfig = func(config []byte) error {
			saved = append(saved, string(config))
			return nil
		}
		x.sync.SaveDestinationConfig = func([]byte) error { return io.ErrShortWrite }
		r := x.run(t.Context(), t, platform.Succeeded, 10*time.Second)
		assert.Equal(t, []string{`{"token":1}`, `{"token": 2}`}, saved)
		assert.JSONEq(t, `{"token":0}`, string(x.source.calls[0].Config))
		assert.JSONEq(t, `{"token":2}`, string(x.source.calls[1].Config))
		assert.JSONEq(t, `{"table":"b"}`, string(x.destination.calls[1].Config))
		require.Len(t, r.Findings, 2)
		assert.Contains(t, r.Findings[0].Text+r.Findings[1].Text, "short write")
	})
}

// The reasons of an attempt stand in the order of their times, at most ten, and lack nothing that
// the platform adds (A.9, ERROR traces).
func TestFailures(t *testing.T) {
	t.Parallel()
	var lines []string
	for at := range 12 {
		lines = append(lines, failure(100-at, "later", ""))
	}
	of := `,"failure_type":"config_error","internal_message":"inner","stream_descriptor":{"name":"a"}`
	lines = append(lines, failure(1, "first", of), failure(2, strings.Repeat("x", 60_000), ""))
	r, _ := talk{source: lines, code: 1, fails: "first"}.run(t)
	found := r.Attempts[0].Failures
	require.Len(t, found, 10)
	assert.Equal(t, protocol.ConfigError, found[0].Type)
	assert.Equal(t, "inner", found[0].Internal)
	assert.Equal(t, &protocol.Descriptor{Name: "a"}, found[0].Stream)
	assert.Equal(t, protocol.SystemError, found[1].Type)
	assert.Len(t, found[1].Message, 50_000)
	for i := 1; i < len(found); i++ {
		assert.False(t, found[i].At.Before(found[i-1].At))
	}
}

// An end that nobody explains is a failure of its own; one that is explained is not (A.9).
func TestUnexplainedEnds(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]talk{
		"the source":             {code: 3, fails: "the source ended with exit code 3 and did not say why"},
		"the destination":        {source: whole("a", state("a", "{}")), ends: 4, fails: "the destination ended with exit code 4"},
		"no program":             {code: 127, fails: "the shell found no program to start as the source"},
		"a source that dies":     {code: 137, fails: "SIGKILL ended it"},
		"one that was explained": {source: []string{failure(1, "why", "")}, code: 1, fails: "why"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := k.run(t)
			assert.Len(t, r.Attempts[0].Failures, 1)
		})
	}
}

// unable cannot be started.
type unable struct{}

func (unable) Start(context.Context, platform.Call) (platform.Running, error) {
	return nil, io.ErrClosedPipe
}

func TestConnectorThatCannotBeStarted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := newStage(says(), untilKilled)
		x.sync.Source = unable{}
		x.run(t.Context(), t, platform.Failed, 0)
		assert.Equal(t, []string{"source: io: read/write on closed pipe"}, x.failures())
		x = newStage(says(), echoes)
		x.sync.Destination = unable{}
		x.run(t.Context(), t, platform.Failed, 0)
		assert.Equal(t, []string{"destination: io: read/write on closed pipe"}, x.failures())
		assert.Empty(t, x.source.calls)
	})
}

// What can be seen while a sync runs.
func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := newStage(func(p *puppet) int {
			p.say(status("a", "STARTED", ""), record1)
			<-time.After(time.Minute)
			p.say(state("a", `{}`))
			return 1
		}, echoes)
		assert.Empty(t, x.sync.Progress().Streams)
		done := make(chan struct{})
		go func() {
			defer close(done)
			x.run(t.Context(), t, platform.Failed, time.Minute)
		}()
		<-time.After(10 * time.Second)
		r := x.sync.Progress()
		assert.Empty(t, r.Outcome)
		assert.InDelta(t, 10, r.Seconds, 1e-9)
		assert.InDelta(t, 10, r.Streams[0].Seconds, 1e-9)
		assert.EqualValues(t, 1, r.Streams[0].Records)
		assert.Zero(t, r.Streams[0].Committed)
		<-done
		assert.EqualValues(t, 1, x.report.Streams[0].Committed)
		assert.InDelta(t, 60, x.report.Streams[0].Seconds, 1e-9)
		assert.InDelta(t, 60, x.report.Attempts[0].Seconds, 1e-9)
		assert.Zero(t, r.Streams[0].Committed, "a report is a copy")
	})
}
