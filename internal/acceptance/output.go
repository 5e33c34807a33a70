package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// outputLooks are on all that was written in all runs.
var outputLooks = []look[*session]{
	{
		"secrets", "no secret of a config in any output, in whatever form",
		"Take the secret out of the text; mark it as airbyte_secret, so that the kit can mask it.",
		func(_ context.Context, s *session, v *Verdict) {
			if len(s.leaks.known) == 0 {
				v.Skip("the configs hold no secret")
				return
			}
			for _, found := range s.leaks.found {
				v.Fail("%s", found)
			}
			v.more = s.leaks.more
		},
	},
	{
		"goroutines", "no goroutine that outlives its run",
		"Wait for each goroutine, and have it end with its context.",
		func(_ context.Context, s *session, v *Verdict) {
			if _, isProgram := s.conn.(Process); isProgram {
				v.Skip("they are seen only where the connector runs in the process of the tests")
			}
			for _, found := range s.leaked {
				v.Fail("%s", found)
			}
		},
	},
	{
		"measured", "", "",
		func(_ context.Context, s *session, v *Verdict) { s.measured.report(v) },
	},
}

// leakScan looks for the secrets of the configs in what the connector writes.
type leakScan struct {
	mask  entry.Mask
	long  entry.Mask // without those so short that records may hold them by chance
	known map[string]bool
	found []string
	more  int
}

// shortestInRecords is the length from which a secret in a record is no accident.
const shortestInRecords = 8

// learn takes the secrets out of a config: those that the spec marks, and those whose names say
// what they are.
func (s *leakScan) learn(spec *protocol.ConnectorSpecification, config []byte) {
	if s.known == nil {
		s.known = map[string]bool{}
	}
	secrets := namedSecrets(decode(config))
	if spec != nil {
		if text, err := json.Marshal(spec); err == nil {
			if parsed, err := schema.ParseSpec(text); err == nil {
				secrets = append(secrets, parsed.Secrets(config)...)
			}
		}
	}
	for _, secret := range secrets {
		if s.known[secret] {
			continue
		}
		s.known[secret] = true
		s.mask.Add(secret)
		if len(secret) >= shortestInRecords {
			s.long.Add(secret)
		}
	}
}

// namedSecrets are the texts in a config under a name that a secret has.
func namedSecrets(value any) (secrets []string) {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range sorted(v) {
			secret, isText := v[name].(string)
			if isText && secret != "" && slices.Contains(secretNames, strings.ToLower(name)) {
				secrets = append(secrets, secret)
				continue
			}
			secrets = append(secrets, namedSecrets(v[name])...)
		}
	case []any:
		for _, item := range v {
			secrets = append(secrets, namedSecrets(item)...)
		}
	}
	return secrets
}

// scan looks at one run. A CONTROL message holds the config by its nature.
func (s *leakScan) scan(h *heard) {
	if len(s.known) == 0 {
		return
	}
	for _, l := range h.Lines {
		line, mask := h.Texts[l.Number-1], &s.mask
		what := "no message"
		if l.Message != nil {
			what = string(l.Message.Type)
		}
		switch what {
		case string(protocol.MessageControl):
			continue
		case string(protocol.MessageRecord), string(protocol.MessageState):
			mask = &s.long
		}
		if mask.String(line) != line {
			s.add("Line %d of %s, %s, holds a secret of the config.", l.Number, h.Verb, what)
		}
	}
	for i, line := range strings.Split(h.Stderr, "\n") {
		if s.mask.String(line) != line {
			s.add("Line %d of the standard error of %s holds a secret of the config.", i+1, h.Verb)
		}
	}
}

func (s *leakScan) add(format string, args ...any) {
	sentence := fmt.Sprintf(format, args...)
	switch {
	case slices.Contains(s.found, sentence): // another run of the same verb
	case len(s.found) == mostFailures:
		s.more++
	default:
		s.found = append(s.found, sentence)
	}
}

// hide takes the secrets out of the texts of a verdict.
func (s *leakScan) hide(v *Verdict) {
	for _, texts := range [][]string{v.Failures, v.Notes} {
		for i := range texts {
			texts[i] = s.mask.String(texts[i])
		}
	}
	v.Skipped = s.mask.String(v.Skipped)
}

// measurements are what the runs cost.
type measurements struct {
	runs    int
	took    time.Duration
	first   time.Duration // the fastest
	slowest time.Duration
	memory  int64
	by      string // the verb that took the memory
}

func (m *measurements) add(h *heard) {
	m.runs++
	m.took += h.out.Took
	if f := h.out.FirstLine; f > 0 {
		if m.first == 0 {
			m.first = f
		}
		m.first, m.slowest = min(m.first, f), max(m.slowest, f)
	}
	if h.out.PeakMemory > m.memory {
		m.memory, m.by = h.out.PeakMemory, h.Verb
	}
}

func (m *measurements) report(v *Verdict) {
	if m.took == 0 {
		v.Skip("the runs took place in virtual time")
		return
	}
	v.Note("%d runs took %v.", m.runs, m.took.Round(time.Millisecond))
	if m.first > 0 {
		v.Note("The first line came after %v at the soonest, %v at the latest.",
			m.first.Round(time.Millisecond), m.slowest.Round(time.Millisecond))
	}
	if m.memory > 0 {
		const mebibyte = 1 << 20
		v.Note("%s needed the most memory, %.1f MiB.", m.by, float64(m.memory)/mebibyte)
	}
}
