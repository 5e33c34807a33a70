package cdktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// counting is a connector without the kit: it reads the numbers from 1 to 6, with a state after
// every second one. Its fields are defects.
type counting struct {
	startsOver    bool // ignores its state, which is slow but loses nothing
	stateAhead    bool // writes a state before the records it covers
	skips         bool // leaves a number out when it resumes
	counts        bool // has something in its state that depends on the run
	ignoresClosed bool // does not look at the errors of its output
	boasts        bool // says more in its last state than it has read, when it is told to stop
	cannotResume  bool // does not understand its own state
}

const numbers = 6

func (c counting) connector(t testing.TB) *connector {
	t.Helper()
	n := &connector{t: t, dir: t.TempDir(), run: c.run}
	n.catalog = []byte(`{"streams":[{"stream":{"name":"n"},"sync_mode":"incremental"}]}`)
	return n
}

// run is the run of a [connector].
func (c counting) run(ctx context.Context, p sources.Process, _ ...sources.Option) int {
	from := 0
	for _, arg := range p.Args {
		if path, ok := strings.CutPrefix(arg, "--state="); ok && !c.startsOver {
			from = savedNumber(path)
		}
	}
	say := func(lines ...string) error {
		_, err := io.WriteString(p.Out, stdout(lines))
		return err
	}
	if from > 0 && c.cannotResume {
		_ = say(errorLine("n", "bad state"), statusLine("n", protocol.StatusIncomplete))
		return 1
	}
	if from > 0 && c.skips {
		from++
	}
	err := c.read(ctx, from, say)
	if err != nil && !c.ignoresClosed {
		return 1
	}
	return 0
}

func (c counting) read(ctx context.Context, from int, say func(...string) error) error {
	err := say(statusLine("n", protocol.StatusStarted), statusLine("n", protocol.StatusRunning))
	since := 0 // records since the last state
	state := func(n int) string {
		extra := ""
		if c.counts {
			extra = fmt.Sprintf(`,"read":%d`, n-from)
		}
		line := stateLine("n", fmt.Sprintf(`{"n":%d%s}`, n, extra), since)
		since = 0
		return line
	}
	for n := from + 1; n <= numbers; n++ {
		if ctx.Err() != nil {
			if c.boasts {
				n = numbers
			}
			return errors.Join(say(state(n-1), errorLine("n", "stopped"),
				statusLine("n", protocol.StatusIncomplete)), ctx.Err())
		}
		if c.stateAhead && n == 4 {
			err = errors.Join(err, say(state(n)))
		}
		since++
		err = errors.Join(err, say(recordLine("n", fmt.Sprintf(`{"n":%d}`, n))))
		if n%2 == 0 {
			err = errors.Join(err, say(state(n)))
		}
	}
	return errors.Join(err, say(state(numbers), statusLine("n", protocol.StatusComplete)))
}

// savedNumber is where the state in a file ends.
func savedNumber(path string) int {
	file, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	var states []struct {
		Stream struct {
			State struct{ N int } `json:"stream_state"`
		}
	}
	if err := json.Unmarshal(file, &states); err != nil || len(states) == 0 {
		return 0
	}
	return states[0].Stream.State.N
}

func TestCrashEverywhereFindsDefects(t *testing.T) {
	t.Parallel()
	at := func(blob string) string { return stateFile(streamState("n", blob)) }
	for name, test := range map[string]struct {
		defect counting
		want   string // in the first failure; empty: nothing is wrong
	}{
		"none":        {counting{}, ""},
		"starts over": {counting{startsOver: true}, ""},
		"state ahead": {
			counting{stateAhead: true}, "CrashEverywhere: the read lost its reader after line 7 " +
				"of 14; after it was resumed from " + at(`{"n":4}`) +
				", 1 records never arrived: " + `n {"n":4}.`,
		},
		"skips": {
			counting{skips: true}, "CrashEverywhere: the read got SIGTERM after line 3 of 13; " +
				"after it was resumed from " + at(`{"n":1}`) + ", 1 records never arrived: " +
				`n {"n":2}.`,
		},
		"counts": {
			counting{counts: true}, "line 3 of 13; the last state is " + at(`{"n":6,"read":5}`) +
				", but that of the undisturbed read is " + at(`{"n":6,"read":6}`) + ".",
		},
		"ignores that its output is closed": {
			counting{ignoresClosed: true}, "the read lost its reader after line 1 of 13; the " +
				"stopped read ended with exit code 0, although its output was refused.",
		},
		"boasts": {
			counting{boasts: true}, "the read got SIGTERM after line 1 of 13; after it was " +
				"resumed from " + at(`{"n":5}`) + ", 5 records never arrived: " +
				`n {"n":1}, n {"n":2}, n {"n":3}, ...`,
		},
		"cannot resume": {
			counting{cannotResume: true}, "SIGTERM after line 3 of 13; the resumed read ended " +
				"with exit code 1: bad state.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failures := failuresOf(t, func(t testing.TB) {
				test.defect.connector(t).crashEverywhere()
			})
			if test.want == "" {
				assert.Empty(t, failures)
				return
			}
			require.NotEmpty(t, failures)
			assert.Contains(t, failures[0], test.want)
		})
	}
}

func TestCrashEverywhereNeedsAReadToDisturb(t *testing.T) {
	t.Parallel()
	failures := failuresOf(t, func(t testing.TB) {
		says(t, 1, errorLine("", "no network")+"\n").crashEverywhere()
	})
	assert.Equal(t, []string{
		"CrashEverywhere: the undisturbed read ended with exit code 1: no network",
	}, failures[len(failures)-1:])

	failures = failuresOf(t, func(t testing.TB) {
		says(t, 0, strings.Repeat(logLine("x")+"\n", maxCrashes+1)).crashEverywhere()
	})
	assert.Equal(t, []string{
		"CrashEverywhere: the undisturbed read wrote 1001 lines, which would take too long. Give " +
			"it fewer records.",
	}, failures[len(failures)-1:])
}

func TestCrashEverywhereGivesUp(t *testing.T) {
	t.Parallel()
	failures := failuresOf(t, func(t testing.TB) {
		counting{skips: true}.connector(t).crashEverywhere()
	})
	require.Len(t, failures, maxCrashFailures+1)
	assert.Equal(t, "CrashEverywhere: it ends here, after 3 failures.", failures[maxCrashFailures])
}
