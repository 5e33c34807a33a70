package acceptance

import (
	"context"
	"regexp"
	"strings"
)

// commandLineLooks are on how a connector takes wrong and unusual command lines.
var commandLineLooks = []look[*session]{
	{
		"no_verb", "another exit code than 0 where no verb is given",
		"Print what the verbs are to standard error and fail.",
		misuse(),
	},
	{
		"unknown_verb", "another exit code than 0 for a verb that does not exist",
		"Refuse verbs that are not known; nobody would notice that nothing happened.",
		misuse("splines"),
	},
	{
		"missing_config", "another exit code than 0 for check without --config",
		"Name the flag that is missing, and fail.",
		misuse("check"),
	},
	{
		"flag_without_value", "another exit code than 0 for --config at the end of the line",
		"Name the flag whose value is missing, and fail.",
		misuse("check", "--config"),
	},
	{
		"joined_flags", "the same answer for --config=FILE as for --config FILE",
		"Understand both forms of a flag.",
		joinedFlags,
	},
}

// crash matches what runtimes print when nobody caught a failure.
var crash = regexp.MustCompile(`(?m)^(panic: |fatal error: |goroutine \d+ \[)` +
	`|Traceback \(most recent call last\)|^Exception in thread`)

// misuse runs a command line that cannot be carried out.
func misuse(args ...string) func(context.Context, *session, *Verdict) {
	return func(ctx context.Context, s *session, v *Verdict) {
		h := s.call(ctx, Call{Args: args}, specTimeout, "")
		if !h.mustEnd(v) {
			return
		}
		line := strings.Join(args, " ")
		if h.Code == 0 {
			v.Fail("The command line %q ended with exit code 0.", line)
		}
		if found := crash.FindString(h.Stderr); found != "" {
			v.Fail("The command line %q crashed: standard error has %q.", line,
				strings.TrimSpace(found))
		}
	}
}

func joinedFlags(ctx context.Context, s *session, v *Verdict) {
	tests := testsOf(s.cfg.Suites.Connection)
	if len(tests) == 0 {
		v.Skip("the config file has no connection test")
		return
	}
	test := tests[0]
	config, err := s.config(test.common)
	if err != nil {
		v.Skip("%v", err)
		return
	}
	h := s.call(ctx, Call{Args: []string{"check"}, Config: config, Joined: true},
		test.bound(checkTimeout), test.DeploymentMode)
	if h.mustEnd(v) && test.Status != "exception" && h.ConnectionStatus == nil {
		v.Fail("check --config=FILE has no CONNECTION_STATUS; exit code %d.%s", h.Code,
			h.lastWords())
	}
}
