package acceptance

import (
	"context"
	"fmt"
	"strings"
)

// Check is one thing that is looked at.
type Check struct {
	Name string // suite/number of the test/check; without a test suite/check
	Want string // what is expected, a phrase
	Mend string // how to mend what is found, a sentence

	look func(ctx context.Context, v *Verdict)
}

// NewCheck is a check that looks in a way of its own.
func NewCheck(name, want, mend string, look func(ctx context.Context, v *Verdict)) Check {
	return Check{name, want, mend, look}
}

// Run looks. Checks must run in the order of their plan, one at a time: each uses what the
// connector said before.
func (c Check) Run(ctx context.Context) *Verdict {
	v := new(Verdict)
	c.look(ctx, v)
	return v
}

// Verdict is what a check found.
type Verdict struct {
	Failures []string // a sentence for each, with its place
	Notes    []string // what is worth reading and fails nothing
	Skipped  string   // why it was not looked; empty when it was
	more     int      // failures beyond those that are kept
}

// mostFailures are as many as anybody reads of one check.
const mostFailures = 10

// Fail notes a failure, as [fmt.Sprintf] formats it. Those beyond the first few are only counted.
func (v *Verdict) Fail(format string, args ...any) {
	if len(v.Failures) == mostFailures {
		v.more++
		return
	}
	v.Failures = append(v.Failures, fmt.Sprintf(format, args...))
}

// Note notes what is worth reading, as [fmt.Sprintf] formats it.
func (v *Verdict) Note(format string, args ...any) {
	v.Notes = append(v.Notes, fmt.Sprintf(format, args...))
}

// Skip says why nothing was looked at. Where there are several reasons the first counts.
func (v *Verdict) Skip(format string, args ...any) {
	if v.Skipped == "" {
		v.Skipped = fmt.Sprintf(format, args...)
	}
}

// Failed tells whether anything was wrong.
func (v *Verdict) Failed() bool { return len(v.Failures) > 0 }

// Explain is the text of a failure: what was seen, where, what was expected and what to do.
func (c Check) Explain(v *Verdict) string {
	var b strings.Builder
	for _, f := range v.Failures {
		fmt.Fprintf(&b, "%s\n", f)
	}
	if v.more > 0 {
		fmt.Fprintf(&b, "There are %d more.\n", v.more)
	}
	if c.Want != "" {
		fmt.Fprintf(&b, "expected: %s\n", c.Want)
	}
	fmt.Fprintf(&b, "to mend:  %s", c.Mend)
	return b.String()
}

// look is a check on a subject, of which there is one for each test of a suite.
type look[S any] struct {
	name, want, mend string

	at func(ctx context.Context, s S, v *Verdict)
}

// checksOf binds looks to a subject.
func checksOf[S any](prefix string, s S, looks []look[S]) (checks []Check) {
	for _, l := range looks {
		checks = append(checks, Check{
			Name: prefix + l.name, Want: l.want, Mend: l.mend,
			look: func(ctx context.Context, v *Verdict) { l.at(ctx, s, v) },
		})
	}
	return checks
}

// skipped is a check in name only.
func skipped(name, reason string) Check {
	return Check{Name: name, look: func(_ context.Context, v *Verdict) { v.Skip("%s", reason) }}
}
