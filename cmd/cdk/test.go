package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/gocommand"
	"github.com/airbyte-go/cdk/internal/acceptance"
	"github.com/airbyte-go/cdk/internal/process"
)

const testUsage = `Usage: cdk test --connector CONNECTOR [flags]

Runs acceptance tests on a connector in any language: once for each verb, as the platform would,
with the verb and its flags behind the command line. The config file is the one that Airbyte's own
acceptance tests read; the paths in it start in its folder.

CONNECTOR is a command line, such as ./source-acme or "python main.py", or the folder of a Go
program, which is built first.

Flags:
  --config FILE            the config file (default acceptance-test-config.yml here, or in the
                           folder that CONNECTOR is)
  --junit FILE             write the report as JUnit XML, too
  --connector-timeout D    bound each run, such as 90s, instead of the bounds of the config file
  --grace D                how long the connector may take to end after SIGTERM (default 10s)
  --resumes N              from how many states of a read the next read is tried (default 50)

Exit codes: 0 no check failed, 1 one did, 2 the command line was not understood, 130 or 143 it was
interrupted by SIGINT or SIGTERM.
`

// testFlags is what the command line of test says.
type testFlags struct {
	connector, config, junit string
	options                  acceptance.Options
}

// parseTest reads the flags. The error is a sentence; flag.ErrHelp asks for the usage text.
func parseTest(args []string) (*testFlags, error) {
	f := new(testFlags)
	set := flag.NewFlagSet("test", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&f.connector, "connector", "", "")
	set.StringVar(&f.config, "config", "", "")
	set.StringVar(&f.junit, "junit", "", "")
	set.DurationVar(&f.options.Timeout, "connector-timeout", 0, "")
	set.DurationVar(&f.options.Grace, "grace", 0, "")
	set.IntVar(&f.options.Resumes, "resumes", 0, "")
	switch err := set.Parse(args); {
	case err != nil:
		return nil, err
	case set.NArg() > 0:
		return nil, fmt.Errorf("there is an argument too much, %q", set.Arg(0))
	case f.connector == "":
		return nil, errors.New("the flag --connector is missing")
	case f.options.Timeout < 0 || f.options.Grace < 0 || f.options.Resumes < 0:
		return nil, errors.New("a bound must not be negative")
	}
	return f, nil
}

// test carries out the verb test.
func test(args []string, out, errs io.Writer) int {
	f, err := parseTest(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(out, testUsage)
		return exitOK
	case err != nil:
		fmt.Fprintf(errs, "cdk test: %v; run `cdk test --help` to see the flags.\n", err)
		return exitUsage
	}
	ctx, stop := untilSignal(context.Background())
	defer stop()
	r, err := judge(ctx, f, out)
	if err == nil && f.junit != "" {
		err = r.writeJUnit(f.junit)
	}
	switch {
	case err != nil:
		fmt.Fprintf(errs, "cdk test: %v\n", err)
		return failureCode(ctx)
	case r.failed > 0:
		return exitFailed
	}
	return exitOK
}

// folder is that of a Go program; empty: the connector is a command line.
func (f *testFlags) folder() string {
	if info, err := os.Stat(f.connector); err == nil && info.IsDir() {
		return f.connector
	}
	return ""
}

func (f *testFlags) configPath() string {
	if f.config != "" {
		return f.config
	}
	return filepath.Join(f.folder(), "acceptance-test-config.yml")
}

// program is the connector to start, which has been built where it is a folder.
func (f *testFlags) program(ctx context.Context) (acceptance.Process, error) {
	if f.folder() == "" {
		return acceptance.Process(f.connector), nil
	}
	dir, err := filepath.Abs(f.connector)
	if err != nil {
		return "", fmt.Errorf("--connector %s names no folder: %w", f.connector, err)
	}
	path, err := gocommand.Program(ctx, dir, filepath.Base(dir))
	if err != nil {
		return "", fmt.Errorf("--connector %s %w", f.connector, err)
	}
	return acceptance.Process(process.Quote(path)), nil
}

// judge runs the checks and reports each as it is done.
func judge(ctx context.Context, f *testFlags, out io.Writer) (*report, error) {
	cfg, err := acceptance.ReadConfig(f.configPath())
	if err != nil {
		return nil, err
	}
	connector, err := f.program(ctx)
	if err != nil {
		return nil, err
	}
	r := &report{out: out, begun: time.Now()}
	for _, check := range acceptance.Plan(connector, cfg, f.options) {
		begun := time.Now()
		verdict := check.Run(ctx)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		r.add(check, verdict, time.Since(begun))
	}
	return r, r.finish()
}
