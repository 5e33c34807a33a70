package acceptance

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Options are the circumstances of acceptance tests. The zero value is fine.
type Options struct {
	// Timeout bounds each run of the connector, instead of the timeouts of Airbyte's tests and of
	// the config file.
	Timeout time.Duration
	// Grace is how long the connector may take to end after SIGTERM or when its output is closed.
	// Defaults to 10 seconds.
	Grace time.Duration
	// Resumes is from how many of the states of a read, spread evenly, the next read is tried.
	// Defaults to 50.
	Resumes int
}

const (
	defaultGrace   = 10 * time.Second
	defaultResumes = 50
)

// Plan lists the checks of a connector in the order in which they must run.
func Plan(conn Connector, cfg *Config, o Options) []Check {
	if o.Grace == 0 {
		o.Grace = defaultGrace
	}
	if o.Resumes == 0 {
		o.Resumes = defaultResumes
	}
	s := newSession(conn, cfg, o)
	checks := slices.Concat(
		checksOf("config/", s, configLooks),
		plansOf("spec", cfg.Suites.Spec, s.specChecks),
		checksOf("command_line/", s, commandLineLooks),
		plansOf("connection", cfg.Suites.Connection, s.connectionChecks),
		plansOf("discovery", cfg.Suites.Discovery, s.discoveryChecks),
		plansOf("basic_read", cfg.Suites.BasicRead, s.basicReadChecks),
		plansOf("full_refresh", cfg.Suites.FullRefresh, s.fullRefreshChecks),
		plansOf("incremental", cfg.Suites.Incremental, s.incrementalChecks),
		checksOf("process/", s, processLooks),
		plansOf("connector_attributes", cfg.Suites.Attributes, s.attributesChecks),
		[]Check{skipped("connector_documentation/pages",
			"the pages of Airbyte's website are no part of a connector")},
		checksOf("output/", s, outputLooks),
	)
	for i := range checks {
		look := checks[i].look
		checks[i].look = func(ctx context.Context, v *Verdict) {
			look(ctx, v)
			s.leaks.hide(v)
		}
	}
	return checks
}

// plansOf makes the checks of a suite, test by test.
func plansOf[T any](
	name string, s *Suite[T], of func(prefix string, test T) []Check,
) (checks []Check) {
	switch {
	case s == nil || s.Bypass == "" && len(s.Tests) == 0:
		return []Check{skipped(name, "the config file has no tests of it")}
	case s.Bypass != "":
		return []Check{skipped(name, "bypassed by the config file: "+s.Bypass)}
	}
	for i, test := range s.Tests {
		checks = append(checks, of(fmt.Sprintf("%s/%d/", name, i+1), test)...)
	}
	return checks
}

// containerOf is the check in name only for a container that the config file wants to run.
func containerOf(prefix string, c *Container) []Check {
	if c == nil {
		return nil
	}
	return []Check{skipped(prefix+"container",
		"client_container_config asks for a container, and none is started here")}
}

var configLooks = []look[*session]{
	{
		"strictness", "a config file that keeps the demands of test_strictness_level: high",
		"Configure each suite or bypass it with a reason, give every exemption its reason, and " +
			"set expect_records.",
		func(_ context.Context, s *session, v *Verdict) {
			if s.cfg.Strictness != highStrictness {
				v.Skip("the test_strictness_level is low")
				return
			}
			s.cfg.demandHigh(v)
		},
	},
}

// demandHigh names what high strictness does not allow.
func (c *Config) demandHigh(v *Verdict) {
	for _, s := range c.suites() {
		// The pages of the documentation are not looked at here, and older files do not know of
		// this suite nor of the attributes.
		isNew := s.name == "connector_documentation" || s.name == "connector_attributes"
		if !s.present && !isNew || s.present && s.bypass == "" && len(s.common) == 0 {
			v.Fail("The suite %s has neither tests nor a bypass_reason.", s.name)
		}
	}
	for i, test := range testsOf(c.Suites.BasicRead) {
		test.demandHigh(v, fmt.Sprintf("basic_read, test %d", i+1))
	}
	for i, test := range testsOf(c.Suites.Incremental) {
		where := fmt.Sprintf("incremental, test %d", i+1)
		if f := test.Future; f == nil || f.Path == "" && f.Bypass == "" {
			v.Fail("%s: future_state has neither a path nor a bypass_reason.", where)
		} else {
			demandReasons(v, where+", missing_streams", f.Missing)
		}
	}
}

func (b BasicReadTest) demandHigh(v *Verdict, where string) {
	if b.CatalogPath != "" {
		v.Fail("%s: configured_catalog_path is set; all streams must be read.", where)
	}
	if b.Expect == nil {
		v.Fail("%s: expect_records has neither a path nor a bypass_reason.", where)
	}
	if !isOn(b.Schema) {
		v.Fail("%s: validate_schema is off.", where)
	}
	demandReasons(v, where+", empty_streams", b.Empty)
}

func demandReasons(v *Verdict, where string, excuses []Excuse) {
	for _, e := range excuses {
		if e.Bypass == "" {
			v.Fail("%s: the exemption of %s has no bypass_reason.", where, e.Name)
		}
	}
}
