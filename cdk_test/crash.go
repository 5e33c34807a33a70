package cdktest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/sources"
)

// CrashEverywhere proves that s loses nothing, wherever its process ends.
//
// It reads once undisturbed. Then, for every line k of that read, it reads anew, stops the run
// right after k lines, and reads once more from the last state among these lines, as the platform
// would. Together the two must bring every record of the undisturbed read at least once, and end
// in the same state, but for the order of the partitions in it and the time that the reads took. A
// run is stopped in three ways: its output is closed, as by a reader that went away; it is killed,
// so that what it holds in buffers is lost; it gets SIGTERM, and may say what it can still say.
//
// The options are those of [Read]. Every checkpoint writes a state, whatever [RunOptions] say
// about [sources.StateInterval]. The source must read the same each time: an API whose routes
// keep no memory does that, a record with the time of reading in it does not. As each line costs
// six reads, a few dozen records are enough, on pages of two or three; a read of more than a
// thousand lines fails the test.
func CrashEverywhere[C any](t testing.TB, s sources.Source[C], cfg C, opts ...Option) {
	t.Helper()
	opts = append(slices.Clip(opts), RunOptions(sources.StateInterval(0)))
	newConnector(t, s, &cfg, opts).crashEverywhere()
}

// The bounds of a crash test: so many runs are worth waiting for, and so many failures reading.
const (
	maxCrashes       = 1000
	maxCrashFailures = 3
	maxShown         = 3 // records that a sentence names
)

func (c *connector) crashEverywhere() {
	c.t.Helper()
	task := c.task()
	whole := c.read(task, c.state)
	judge(c.t, whole)
	switch {
	case whole.Code != 0:
		c.t.Fatalf("CrashEverywhere: the undisturbed read ended with exit code %d: %s",
			whole.Code, whole.Excuse())
	case len(whole.Lines) > maxCrashes:
		c.t.Fatalf("CrashEverywhere: the undisturbed read wrote %d lines, which would take too "+
			"long. Give it fewer records.", len(whole.Lines))
	}
	failures := 0
	for k := 1; k <= len(whole.Lines); k++ {
		for _, ending := range endings {
			crash := crash{connector: c, task: task, whole: whole, line: k, ending: ending}
			crash.mustBeSurvived()
			if crash.failed {
				failures++
			}
			if failures == maxCrashFailures {
				c.t.Errorf("CrashEverywhere: it ends here, after %d failures.", failures)
				return
			}
		}
	}
}

// crash is one run that is stopped, and the one that takes it up.
type crash struct {
	*connector
	task   task
	whole  *transcript.Run // the undisturbed read
	line   int             // after which the run is stopped
	ending ending

	failed bool
}

func (c *crash) mustBeSurvived() {
	c.t.Helper()
	stopped := c.stop()
	resumed := c.read(c.task, stopped.LastState())
	if resumed.Code != 0 {
		c.fail("the resumed read ended with exit code %d: %s", resumed.Code, resumed.Excuse())
		return
	}
	c.mustKeep("resumed", resumed, transcript.LineRules, transcript.EndRules)
	if lost := transcript.Missing(c.whole, stopped, resumed); len(lost) > 0 {
		c.fail("after it was resumed from %s, %s", transcript.Clip(string(stopped.LastState())),
			list(lost))
	}
	want, got := c.whole.LastState(), resumed.LastState()
	if !transcript.SameState(want, got) {
		c.fail("the last state is %s, but that of the undisturbed read is %s",
			transcript.Clip(string(got)), transcript.Clip(string(want)))
	}
}

// stop runs the connector up to the line and returns what it had said by then.
func (c *crash) stop() *transcript.Run {
	c.t.Helper()
	ctx, cancel := context.WithCancelCause(c.t.Context())
	defer cancel(nil)
	out := &outlet{lines: c.line, ending: c.ending, cancel: cancel}
	code, _ := c.launch(ctx, out, append([]string{"read"}, c.from(c.task, c.state)...)...)
	r := transcript.Parse("read", out.left.String())
	r.Code, r.Asked, r.Before = code, c.task.streams, c.state
	c.mustKeep("stopped", r, transcript.LineRules)
	if c.ending == terminated {
		c.mustKeep("stopped", r, transcript.EndRules)
	}
	if out.refused && code == 0 {
		c.fail("the stopped read ended with exit code 0, although its output was refused")
	}
	return r
}

func (c *crash) mustKeep(which string, r *transcript.Run, rules ...[]transcript.Rule) {
	c.t.Helper()
	for _, sentence := range r.Breaches(rules...) {
		c.fail("the %s read is wrong: %s", which, sentence)
	}
}

func (c *crash) fail(format string, args ...any) {
	c.t.Helper()
	c.failed = true
	c.t.Errorf("CrashEverywhere: the read %s line %d of %d; %s.", c.ending, c.line,
		len(c.whole.Lines), strings.TrimSuffix(fmt.Sprintf(format, args...), "."))
}

// list names the first of the lost records.
func list(lost []transcript.Arrived) string {
	var names []string
	for _, record := range lost[:min(len(lost), maxShown)] {
		names = append(names, fmt.Sprintf("%s %s", record.Stream, transcript.Clip(record.Data)))
	}
	if len(lost) > maxShown {
		names = append(names, "...")
	}
	return fmt.Sprintf("%d records never arrived: %s", len(lost), strings.Join(names, ", "))
}
