package platform_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
)

// look is the longest time between two looks at what hangs.
const look = 600 * time.Millisecond

// A source whose output has ended has 10 s for its exit code (A.9).
func TestSourceThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		takes time.Duration
		want  platform.Outcome
	}{
		"in time":  {9 * time.Second, platform.Succeeded},
		"too late": {time.Hour, platform.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(func(p *puppet) int {
					p.say(whole("a", state("a", `{}`))...)
					_ = p.out.Close()
					select {
					case <-p.killed:
						return 137
					case <-time.After(k.takes):
						return 0
					}
				}, echoes)
				r := s.run(t.Context(), t, k.want, min(k.takes, 10*time.Second))
				if k.want == platform.Failed {
					assert.Equal(t, []string{
						"source: the source closed its standard output and did not end within 10s",
					}, s.failures())
					assert.Equal(t, 1, *r.Attempts[0].SourceExit)
				}
			})
		})
	}
}

// After a failure the destination has its grace, then SIGTERM and the grace again, then it is
// killed (C.1).
func TestGraceOfTheDestination(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		destination func(*puppet) int
		took        time.Duration
		told        []time.Duration
		failures    []string
	}{
		"it ends": {echoes, 0, nil, nil},
		"it ends at SIGTERM": {
			untilStopped, time.Minute, []time.Duration{time.Minute}, nil,
		},
		"it has to be killed": {
			untilKilled, 2 * time.Minute, []time.Duration{time.Minute, 2 * time.Minute},
			[]string{"destination: the destination did not end within 1m0s after SIGTERM and was " +
				"killed"},
		},
		"it closes its output and stays": {
			func(p *puppet) int {
				_ = p.out.Close()
				return untilKilled(p)
			}, 2 * time.Minute, nil,
			[]string{"destination: the destination did not end within 1m0s after SIGTERM and was " +
				"killed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(func(p *puppet) int { return 1 }, k.destination)
				s.run(t.Context(), t, platform.Failed, k.took)
				if k.told != nil {
					assert.Equal(t, k.told, s.told(s.destination))
				}
				assert.Subset(t, s.failures(), k.failures)
				assert.Len(t, s.failures(), 1+len(k.failures))
			})
		})
	}
}

// A destination that has work to finish has the destination timeout (C.4).
func TestDestinationTimeout(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		destination func(*puppet) int
		timeout     time.Duration
		took        time.Duration
	}{
		"by default": {func(p *puppet) int {
			p.echo()
			return untilStopped(p)
		}, 0, 24 * time.Hour},
		"as it is set": {func(p *puppet) int {
			p.echo()
			return untilStopped(p)
		}, time.Hour, time.Hour},
		"it has to be killed": {func(p *puppet) int {
			p.echo()
			return untilKilled(p)
		}, time.Hour, time.Hour + time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(says(whole("a", state("a", `{}`))...), k.destination)
				s.sync.DestinationTimeout = k.timeout
				s.run(t.Context(), t, platform.Failed, k.took)
				assert.Len(t, s.failures(), 1)
				assert.Contains(t, s.failures()[0], "did not end within")
				assert.Contains(t, s.shelf.text(), `"stream_state":{}`)
			})
		})
	}
}

// A write that blocks for the destination timeout ends the attempt (C.4).
func TestBlockedWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(func(p *puppet) int {
			p.say(record1, state("a", `{}`), record1)
			return untilStopped(p)
		}, untilKilled)
		s.sync.DestinationTimeout = time.Hour
		s.run(t.Context(), t, platform.Failed, time.Hour+look)
		assert.Equal(t, []string{"destination: the destination has taken no input for 1h0m0s"},
			s.failures())
		assert.Equal(t, []time.Duration{time.Hour + look}, s.told(s.source))
	})
}

// Only RECORD and STATE are signs of life of a source (C.4).
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	every := func(pause time.Duration, lines ...string) func(*puppet) int {
		return func(p *puppet) int {
			p.say(status("a", "STARTED", ""), status("a", "RUNNING", ""))
			for range 4 {
				select {
				case <-time.After(pause):
					p.say(lines...)
				case <-p.stopped:
					return 143
				}
			}
			p.say(state("a", `{}`), status("a", "COMPLETE", ""))
			return 0
		}
	}
	late := 3*time.Hour + look
	for name, k := range map[string]struct {
		source      func(*puppet) int
		destination func(*puppet) int
		heartbeat   time.Duration
		took        time.Duration
		fails       bool
	}{
		"records":  {every(2*time.Hour, record1), echoes, 0, 8 * time.Hour, false},
		"states":   {every(2*time.Hour, state("a", `{"i":1}`)), echoes, 0, 8 * time.Hour, false},
		"logs":     {every(2*time.Hour, infoLine), echoes, 0, late, true},
		"statuses": {every(2*time.Hour, status("a", "RUNNING", "")), echoes, 0, late, true},
		"nothing":  {every(4 * time.Hour), echoes, 0, late, true},
		"as it is set": {
			every(5*time.Hour, record1), echoes, 6 * time.Hour, 20 * time.Hour, false,
		},
		// The source cannot be heard while the destination takes nothing.
		"while a write blocks": {
			every(time.Hour, record1), func(p *puppet) int {
				<-time.After(8 * time.Hour)
				return echoes(p)
			}, 0, 10 * time.Hour, false,
		},
		"nor counts what it was silent then": {
			func(p *puppet) int {
				p.say(append(whole("a"), record1)...)
				<-time.After(10 * time.Hour)
				p.say(state("a", `{}`))
				return 0
			}, func(p *puppet) int {
				<-time.After(8 * time.Hour)
				return echoes(p)
			}, 0, 10 * time.Hour, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(k.source, k.destination)
				s.sync.Heartbeat = k.heartbeat
				if !k.fails {
					s.run(t.Context(), t, platform.Succeeded, k.took)
					return
				}
				s.run(t.Context(), t, platform.Failed, k.took)
				assert.Equal(t, []string{
					"source: the source has written neither a record nor a state for 3h0m0s",
				}, s.failures())
			})
		})
	}
}

// A source that does not end when it is told to is killed after the grace (C.1).
func TestSilentSourceIsKilled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(untilKilled, echoes)
		s.sync.Grace = 5 * time.Second
		s.run(t.Context(), t, platform.Failed, 3*time.Hour+look/12+5*time.Second)
		assert.Len(t, s.told(s.source), 2)
	})
}

// Whatever a sync is doing when it is cancelled, what was read is loaded and stored, and nothing is
// waited for longer than the graces.
func TestCancel(t *testing.T) {
	t.Parallel()
	reading := func(p *puppet) int {
		p.say(record1, record1)
		<-p.stopped
		p.say(state("a", `{"i":2}`)) // a checkpoint on the way out
		return 143
	}
	finishing := says(whole("a", state("a", `{"i":2}`))...)
	const after = time.Hour
	for name, k := range map[string]struct {
		source, destination func(*puppet) int
		took                time.Duration
		stored              string
	}{
		"reading":                    {reading, echoes, 0, `{"i":2}`},
		"a source that does not end": {untilKilled, echoes, time.Minute, "[]"},
		"a destination that takes nothing": {
			reading, untilKilled, time.Minute + look, "[]",
		},
		"finishing": {
			finishing, func(p *puppet) int {
				p.echo()
				<-time.After(after + 50*time.Second)
				return 0
			}, 50 * time.Second, `{"i":2}`,
		},
		"finishing for ever": {
			finishing, func(p *puppet) int {
				p.echo()
				return untilKilled(p)
			}, 2 * time.Minute, `{"i":2}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(after, cancel)
				s := newStage(k.source, k.destination)
				s.sync.Attempts = 5
				r := s.run(ctx, t, platform.Cancelled, after+k.took)
				assert.Len(t, r.Attempts, 1)
				assert.Contains(t, s.shelf.text(), k.stored)
			})
		})
	}
}

// A destination that takes nothing once the source has ended does not hold up a cancelled sync for
// the destination timeout.
func TestCancelOfTheLastWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Hour, cancel)
		lines := whole("a", state("a", `{"i":2}`))
		s := newStage(says(lines...), func(p *puppet) int {
			p.lines.Scan() // the state; what the platform adds to it is never read
			return untilKilled(p)
		})
		s.sync.SupportsRefreshes = true
		s.run(ctx, t, platform.Cancelled, time.Hour+time.Minute+look)
		assert.Equal(t, []string{"destination: the destination has taken no input for 1m0s after " +
			"the sync was to stop"}, s.failures())
	})
}

func TestCancelBetweenAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		s := newStage(func(*puppet) int { return 1 }, echoes)
		s.sync.Attempts = 5
		r := s.run(ctx, t, platform.Cancelled, 5*time.Second)
		assert.Len(t, r.Attempts, 1)
	})
}

func TestCancelBeforehand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s := newStage(says(), echoes)
		s.run(ctx, t, platform.Cancelled, 0)
		assert.Empty(t, s.source.calls)
		assert.Zero(t, s.shelf.saves)
	})
}

// A destination that ends before its input does ends the source.
func TestDestinationThatEndsEarly(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		destination func(*puppet) int
		failure     string
	}{
		"with 0": {
			func(*puppet) int { return 0 },
			"destination: the destination ended before its input did, as if all were well",
		},
		"with 1": {
			func(*puppet) int { return 1 }, "destination: the destination ended with exit code 1 " +
				"and did not say why; its input had not ended",
		},
		"and says why": {
			func(p *puppet) int {
				p.say(failure(7, "no room", ""))
				return 1
			}, "destination: no room",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(untilStopped, k.destination)
				r := s.run(t.Context(), t, platform.Failed, 0)
				assert.Equal(t, []string{k.failure}, s.failures())
				assert.Equal(t, 143, *r.Attempts[0].SourceExit)
			})
		})
	}
}

// A state that ends the sync is the headline, and not what the source says of its end.
func TestReasonComesBeforeWhatItLeadsTo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(func(p *puppet) int {
			p.say(record1, state("a", `{}`))
			<-p.stopped
			p.say(failure(int(time.Now().UnixMilli()), "stopped by SIGTERM", ""))
			return 143
		}, func(p *puppet) int {
			p.lines.Scan()
			p.say(state("a", `{}`)) // without its id
			for p.lines.Scan() {
			}
			time.Sleep(time.Second)
			return 0
		})
		s.run(t.Context(), t, platform.Failed, time.Second)
		require.Len(t, s.failures(), 2)
		assert.Contains(t, s.failures()[0], "without the id")
		assert.Equal(t, "source: stopped by SIGTERM", s.failures()[1])
	})
}
