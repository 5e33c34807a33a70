package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/acceptance"
)

// report is what the checks found, for people as they run and for machines at the end.
type report struct {
	out   io.Writer
	begun time.Time

	passed, failed, skipped int
	suites                  []*junitSuite
	err                     error // of the first write that failed
}

func (r *report) add(check acceptance.Check, v *acceptance.Verdict, took time.Duration) {
	word := "ok"
	var detail []string
	switch {
	case v.Failed():
		word = "FAIL"
		r.failed++
		detail = strings.Split(check.Explain(v), "\n")
	case v.Skipped != "":
		word = "skip"
		r.skipped++
		detail = []string{v.Skipped}
	default:
		r.passed++
	}
	r.say("%-5s %s\n", word, check.Name)
	for _, line := range append(detail, v.Notes...) {
		r.say("      %s\n", line)
	}
	r.keep(check, v, took)
}

func (r *report) say(format string, args ...any) {
	if _, err := fmt.Fprintf(r.out, format, args...); err != nil && r.err == nil {
		r.err = fmt.Errorf("the report cannot be written: %w", err)
	}
}

// finish sums up.
func (r *report) finish() error {
	r.say("\n%d passed, %d failed, %d skipped in %v\n", r.passed, r.failed, r.skipped,
		time.Since(r.begun).Round(time.Millisecond))
	return r.err
}

// These are the parts of JUnit XML that every reader of it knows.
type (
	junitSuites struct {
		XMLName xml.Name      `xml:"testsuites"`
		Suites  []*junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Suite   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Seconds string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure"`
		Skipped *junitMessage `xml:"skipped"`
		Notes   string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// keep notes a check for the file.
func (r *report) keep(check acceptance.Check, v *acceptance.Verdict, took time.Duration) {
	name, _, _ := strings.Cut(check.Name, "/")
	if n := len(r.suites); n == 0 || r.suites[n-1].Name != name {
		r.suites = append(r.suites, &junitSuite{Name: name})
	}
	suite := r.suites[len(r.suites)-1]
	suite.Tests++
	c := junitCase{
		Suite: name, Name: check.Name, Seconds: fmt.Sprintf("%.3f", took.Seconds()),
		Notes: strings.Join(v.Notes, "\n"),
	}
	switch {
	case v.Failed():
		suite.Failures++
		c.Failure = &junitMessage{v.Failures[0], check.Explain(v)}
	case v.Skipped != "":
		suite.Skipped++
		c.Skipped = &junitMessage{Message: v.Skipped}
	}
	suite.Cases = append(suite.Cases, c)
}

func (r *report) writeJUnit(path string) error {
	text, err := xml.MarshalIndent(junitSuites{Suites: r.suites}, "", "  ")
	if err == nil {
		err = os.WriteFile(path, append([]byte(xml.Header), append(text, '\n')...), 0o600)
	}
	if err != nil {
		return fmt.Errorf("the JUnit report cannot be written: %w", err)
	}
	return nil
}
