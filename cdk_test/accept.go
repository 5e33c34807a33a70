package cdktest

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/internal/acceptance"
	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/sources"
)

// Connector is a connector that is judged: by [Accept], and a destination by [AcceptDestination]
// and [KillDestination] as well. [Source], [Destination] and [Command] make one.
type Connector struct {
	inProcess func(t *testing.T, opts []Option) *connector // nil: a program
	write     platform.Connector                           // nil: a source
	command   string
}

// Source is a source that runs within the test's own process.
func Source[C any](s sources.Source[C]) Connector {
	return Connector{inProcess: func(t *testing.T, opts []Option) *connector {
		return newConnector(t, s, nil, opts)
	}}
}

// Destination is a destination that runs within the test's own process, with options such as
// [destinations.BatchRecords]. By default it has a batch for each state, because a state waits for
// up to 15 seconds otherwise.
func Destination[C any](d destinations.Destination[C], opts ...destinations.Option) Connector {
	opts = append([]destinations.Option{destinations.StateInterval(0)}, opts...)
	run := func(ctx context.Context, p destinations.Process) int {
		return destinations.Run(ctx, d, p, opts...)
	}
	return Connector{
		inProcess: func(t *testing.T, opts []Option) *connector {
			c := &connector{t: t, dir: t.TempDir()}
			c.run = func(ctx context.Context, p sources.Process, _ ...sources.Option) int {
				return run(ctx, destinations.Process(p))
			}
			for _, opt := range opts {
				opt.apply(&c.settings)
			}
			return c
		},
		write: platform.WithFiles(
			func(ctx context.Context, args []string, in io.Reader, out, log io.Writer) int {
				return run(ctx, destinations.Process{Args: args, In: in, Out: out, Err: log})
			}),
	}
}

// Command is a connector in any language that runs as a program of its own. The line is what comes
// before the verb, such as "./source-acme" or "python main.py"; a shell reads it. The options
// [FakeAPI] and [RunOptions] have no effect on it.
func Command(line string) Connector {
	return Connector{command: line, write: platform.Process(line)}
}

// FakeAPI has [Accept] run the connector against a fake API, and in virtual time: setup is called
// for a new [API] before each run of the connector. What it sets must be the same each time, and
// without faults that a run may not reach.
func FakeAPI(setup func(api *API)) Option {
	return optionFunc(func(s *settings) { s.fake = setup })
}

// Accept runs acceptance tests on a connector, each as a subtest of t. The file is an
// acceptance-test-config.yml as Airbyte's own acceptance tests have it, with every key they know;
// its paths start in its folder.
//
// Each check is named "suite/number of the test/check". A failure says what was seen and where,
// what was expected, and how to mend it. What cannot be seen here, such as the labels of an image,
// is skipped with the reason, and so is what the file bypasses. With test_strictness_level: high
// the file itself is judged, too.
//
// Beyond Airbyte's checks these are made: the rules of every run that the package comment lists;
// the next read loses nothing from every state that was written, up to fifty; states never go back
// nor run ahead; keys are unique; no secret of a config is in any output; SIGTERM, a closed output
// and wrong command lines end in the right way; no goroutine is left behind. Two keys in
// backward_compatibility_tests_config are an addition to the file, since an earlier version cannot
// be fetched here: previous_spec_path and previous_catalog_path name what it wrote.
//
// The command "cdk test" makes the same checks on any program.
func Accept(t *testing.T, c Connector, file string, opts ...Option) {
	t.Helper()
	cfg, err := acceptance.ReadConfig(file)
	require.NoError(t, err)
	var judged acceptance.Connector = acceptance.Process(c.command)
	current := new(inProcess)
	if c.inProcess != nil {
		current.connector = c.inProcess(t, opts)
		judged = current
	}
	for _, check := range acceptance.Plan(judged, cfg, acceptance.Options{}) {
		t.Run(check.Name, func(t *testing.T) {
			current.t = t
			v := check.Run(t.Context())
			report(t, check, v)
		})
	}
}

// report tells a test what a check has found.
func report(t *testing.T, check acceptance.Check, v *acceptance.Verdict) {
	t.Helper()
	for _, note := range v.Notes {
		t.Log(note)
	}
	switch {
	case v.Failed():
		t.Error("\n" + check.Explain(v))
	case v.Skipped != "":
		t.Skip(v.Skipped)
	}
}
