package acceptance

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// connectionSubject is the check of one config.
type connectionSubject struct {
	*session
	test ConnectionTest

	checked *heard
}

func (s *session) connectionChecks(prefix string, test ConnectionTest) []Check {
	return checksOf(prefix, &connectionSubject{session: s, test: test}, connectionLooks)
}

var connectionLooks = []look[*connectionSubject]{
	{
		"one_answer", "exactly one CONNECTION_STATUS, except where an exception is expected",
		"Answer check with one CONNECTION_STATUS message.",
		func(ctx context.Context, s *connectionSubject, v *Verdict) {
			if h, ok := s.check(ctx, v); ok {
				h.mustKeepRules(v)
			}
		},
	},
	{
		"outcome", "the outcome that the test's status names",
		"Correct the config of the test or its status; a connector that cannot tell is no help.",
		outcomeIsExpected,
	},
	{
		"exit_code", "exit code 0 with a CONNECTION_STATUS, also a FAILED one",
		"A FAILED check is an answer: end with 0, and with another code only when the check " +
			"could not be done.",
		func(ctx context.Context, s *connectionSubject, v *Verdict) {
			h, ok := s.check(ctx, v)
			if ok && h.ConnectionStatus != nil && h.Code != 0 {
				v.Fail("The status is %s, and the exit code %d.", h.ConnectionStatus.Status, h.Code)
			}
		},
	},
	{
		"no_crash", "no stack trace where a user reads a message",
		"Catch the failure and say in a sentence what is wrong.",
		func(ctx context.Context, s *connectionSubject, v *Verdict) {
			if h, ok := s.check(ctx, v); ok {
				h.mustNotCrash(v)
			}
		},
	},
	{
		"empty_config", "FAILED, or a config_error, for a config without what the spec requires",
		"Compare the config with the spec before using it.",
		emptyConfig,
	},
}

func (s *connectionSubject) check(ctx context.Context, v *Verdict) (*heard, bool) {
	if s.checked == nil {
		config, err := s.config(s.test.common)
		if err != nil {
			v.Fail("%v.", err)
			return nil, false
		}
		s.checked = s.call(ctx, Call{Args: []string{"check"}, Config: config},
			s.test.bound(checkTimeout), s.test.DeploymentMode)
	}
	return s.checked, s.checked.mustEnd(v)
}

func outcomeIsExpected(ctx context.Context, s *connectionSubject, v *Verdict) {
	h, ok := s.check(ctx, v)
	if !ok {
		return
	}
	want := protocol.ConnectionSucceeded
	switch s.test.Status {
	case "exception":
		h.mustBreakDown(v)
		return
	case "failed":
		want = protocol.ConnectionFailed
	}
	if !h.hasStatus(want) {
		v.Fail("The check of %s %s.", s.test.ConfigPath, h.result())
	}
}

func (h *heard) hasStatus(want protocol.ConnectionState) bool {
	return h.ConnectionStatus != nil && h.ConnectionStatus.Status == want
}

// mustBreakDown looks at a check that must break down in the right way.
func (h *heard) mustBreakDown(v *Verdict) {
	if h.Code == 0 {
		v.Fail("The exit code is 0.")
	}
	if traces := h.Errors(); len(traces) != 1 || traces[0].Message == "" {
		v.Fail("There are %d ERROR traces; there must be one, with a message.", len(traces))
	}
}

// result says how a check ended, without a full stop.
func (h *heard) result() string {
	switch s := h.ConnectionStatus; {
	case s == nil:
		return "has no status: " + clip(h.Excuse())
	case s.Message == "":
		return string(s.Status)
	default:
		return string(s.Status) + ": " + clip(strings.TrimSuffix(s.Message, "."))
	}
}

func (h *heard) mustNotCrash(v *Verdict) {
	texts := []string{h.Stderr}
	if h.ConnectionStatus != nil {
		texts = append(texts, h.ConnectionStatus.Message)
	}
	for _, e := range h.Errors() {
		texts = append(texts, e.Message)
	}
	for _, t := range texts {
		if found := crash.FindString(t); found != "" {
			v.Fail("%s crashed, or shows a stack trace as a message: %q.", h.Verb, found)
		}
	}
}

// emptyConfig checks the config without its required properties.
func emptyConfig(ctx context.Context, s *connectionSubject, v *Verdict) {
	spec := s.specification(ctx).Spec
	if spec == nil {
		v.Skip("there is no spec to look at")
		return
	}
	required := pathOf(decode(spec.ConnectionSpecification)["required"])
	config, err := s.config(s.test.common)
	if s.test.Status != "succeed" || err != nil || len(required) == 0 {
		v.Skip("nothing can be taken from this config that the spec requires")
		return
	}
	rest := decode(config)
	for _, name := range required {
		delete(rest, name)
	}
	broken, err := json.Marshal(rest)
	if err != nil { // it comes out of JSON
		panic(err)
	}
	h := s.call(ctx, Call{Args: []string{"check"}, Config: broken}, s.test.bound(checkTimeout),
		s.test.DeploymentMode)
	if !h.mustEnd(v) {
		return
	}
	isConfigError := slices.ContainsFunc(h.Errors(), func(e *protocol.ErrorTrace) bool {
		return e.FailureType == protocol.ConfigError && e.Message != ""
	})
	if !h.hasStatus(protocol.ConnectionFailed) && !isConfigError {
		v.Fail("The check of a config without %s %s; exit code %d.", text(required), h.result(),
			h.Code)
	}
	h.mustNotCrash(v)
}
