package acceptance

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/protocol"
)

// session is one pass over a connector. What a check had the connector say is kept for those that
// come later.
type session struct {
	conn    Connector
	cfg     *Config
	options Options

	spec     *heard            // nil: not asked for yet
	catalogs map[string]*heard // by path of the config and deployment mode
	leaks    leakScan          // of the secrets of all configs
	reads    []*readSubject    // those that may be stopped
	broken   map[string]bool   // names of the rules that a basic read breaks
	measured measurements
	leaked   []string // goroutines
}

// heard is a run as the checks see it.
type heard struct {
	*transcript.Run

	out *Outcome
	err error // it could not be run, or not to its end
}

func newSession(conn Connector, cfg *Config, o Options) *session {
	return &session{
		conn: conn, cfg: cfg, options: o,
		catalogs: map[string]*heard{}, broken: map[string]bool{},
	}
}

// call runs the connector once.
func (s *session) call(ctx context.Context, c Call, bound time.Duration, mode string) *heard {
	c.Timeout = cmp.Or(s.options.Timeout, bound)
	c.Environment = maps.Clone(s.cfg.Environment)
	if mode != "" {
		if c.Environment == nil {
			c.Environment = map[string]string{}
		}
		c.Environment["DEPLOYMENT_MODE"] = strings.ToUpper(mode)
	}
	verb := ""
	if len(c.Args) > 0 {
		verb = c.Args[0]
	}
	out, err := s.conn.Run(ctx, c)
	if err != nil {
		return &heard{transcript.Parse(verb, ""), new(Outcome), err}
	}
	h := &heard{Run: transcript.Parse(verb, out.Stdout), out: out}
	h.Code, h.Stderr, h.Before = out.Code, out.Stderr, c.State
	if c.Catalog != nil {
		h.Asked = transcript.Asked(c.Catalog)
	}
	if out.TimedOut {
		h.err = fmt.Errorf("it did not end within %v", c.Timeout)
		if c.Stop != nil {
			h.err = fmt.Errorf("it had to be killed %v after it was told to stop", c.Stop.Grace)
		}
	}
	s.observe(ctx, h, c.Config)
	return h
}

// observe keeps what can only be seen while a run is at hand.
func (s *session) observe(ctx context.Context, h *heard, config []byte) {
	s.measured.add(h)
	if h.out.Leaked != "" && len(s.leaked) < mostFailures {
		s.leaked = append(s.leaked, fmt.Sprintf("After %s: %s", h.Verb, h.out.Leaked))
	}
	if config == nil {
		return
	}
	s.leaks.learn(s.specification(ctx).Spec, config)
	s.leaks.scan(h)
}

// specification asks for the spec, once.
func (s *session) specification(ctx context.Context) *heard {
	if s.spec == nil {
		bound, mode := specTimeout, ""
		if tests := testsOf(s.cfg.Suites.Spec); len(tests) > 0 {
			bound, mode = tests[0].bound(specTimeout), tests[0].DeploymentMode
		}
		s.spec = s.call(ctx, Call{Args: []string{"spec"}}, bound, mode)
	}
	return s.spec
}

// catalog discovers with a config, once.
func (s *session) catalog(ctx context.Context, c common, config []byte) *heard {
	key := c.ConfigPath + "\n" + c.DeploymentMode
	if s.catalogs[key] == nil {
		s.catalogs[key] = s.call(ctx, Call{Args: []string{"discover"}, Config: config},
			c.bound(discoverTimeout), c.DeploymentMode)
	}
	return s.catalogs[key]
}

// config reads the config file of a test.
func (s *session) config(c common) ([]byte, error) {
	text, err := os.ReadFile(s.cfg.path(cmp.Or(c.ConfigPath, defaultConfigPath)))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the config of the test cannot be read: %w", err)
	case !json.Valid(text):
		return nil, fmt.Errorf("the config %s is not JSON", c.ConfigPath)
	}
	return bytes.TrimSpace(text), nil
}

// configuredCatalog makes the catalog for a read of streams.
func configuredCatalog(streams []protocol.ConfiguredStream) []byte {
	text, err := json.Marshal(protocol.ConfiguredCatalog{Streams: streams})
	if err != nil { // they come out of JSON
		panic(err)
	}
	return text
}

// clip shortens a text from the connector for a sentence.
func clip(text string) string {
	const enough = 120
	if len(text) <= enough {
		return text
	}
	return strings.ToValidUTF8(text[:enough], "") + "..."
}

// mustEnd fails with a run that could not be done, and reports whether it was done.
func (h *heard) mustEnd(v *Verdict) bool {
	if h.err != nil {
		v.Fail("The run of %s could not be looked at: %v.%s", h.Verb, h.err, h.lastWords())
		return false
	}
	return true
}

// mustExitZero fails with a run that says by its exit code that it did not succeed.
func (h *heard) mustExitZero(which string, v *Verdict) {
	if h.Code != 0 {
		v.Fail("%s ended with exit code %d: %s.%s", which, h.Code, clip(h.Excuse()), h.lastWords())
	}
}

// lastWords are the end of what a run wrote for people, for a failure that needs an explanation.
func (h *heard) lastWords() string {
	text := strings.TrimSpace(h.Stderr)
	if text == "" {
		return ""
	}
	lines := strings.Split(text, "\n")
	return " Its standard error ends with: " + clip(strings.TrimSpace(lines[len(lines)-1]))
}
