package main

import (
	"bytes"
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/internal/release"
)

const helpText = `cdk is the tool beside the Airbyte Go CDK.

Usage: cdk VERB

Verbs:
  help     print this text
  image    build a connector's container image without Docker, or judge any
  new      write a new connector that builds, passes its tests and runs
  sync     sync a source into a destination, both in any language
  test     run acceptance tests on a connector in any language
  version  print the versions of the kit, of Go and of the protocol
`

func TestRun(t *testing.T) {
	t.Parallel()
	version := "kit       " + release.Version() + "\n" +
		"go        " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH + "\n" +
		"protocol  " + release.Protocol + "\n"
	tests := map[string]struct {
		args      []string
		code      int
		out, errs string
	}{
		"help":           {[]string{"help"}, 0, helpText, ""},
		"-h":             {[]string{"-h"}, 0, helpText, ""},
		"--help":         {[]string{"--help"}, 0, helpText, ""},
		"version":        {[]string{"version"}, 0, version, ""},
		"--version":      {[]string{"--version"}, 0, version, ""},
		"nothing at all": {nil, 2, "", helpText},
		"unknown verb": {[]string{"fly"}, 2, "",
			"cdk: there is no verb \"fly\"; run `cdk help` to see what there is.\n"},
		"empty verb": {[]string{""}, 2, "",
			"cdk: there is no verb \"\"; run `cdk help` to see what there is.\n"},
		"too much": {[]string{"version", "-v"}, 2, "",
			"cdk: version takes no arguments, got \"-v\"; run `cdk help` to see what there is.\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			code := run(test.args, &out, &errs)
			assert.Equal(t, test.code, code)
			assert.Equal(t, test.out, out.String())
			assert.Equal(t, test.errs, errs.String())
		})
	}
}

// fullDisk refuses every write, as a full disk or a closed pipe does.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestRunReportsAFailedWrite(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"help", "version"} {
		var errs bytes.Buffer
		code := run([]string{word}, fullDisk{}, &errs)
		assert.Equal(t, 1, code)
		assert.Equal(t, "cdk "+word+": no space left on device\n", errs.String())
	}
}
