package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/scaffold"
)

// runNew runs `cdk new` in this process. Answers, separated by |, come from a terminal; "" is none.
func runNew(t *testing.T, answers string, args ...string) (code int, out, errs string) {
	t.Helper()
	var ask *questions
	var stdout, stderr bytes.Buffer
	if answers != "" {
		in := strings.NewReader(strings.ReplaceAll(answers, "|", "\n") + "\n")
		ask = &questions{bufio.NewReader(in), &stderr}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the go command has no say in these tests
	code = create(ctx, args, ask, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	taken := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(taken, "main.go"), []byte("mine"), 0o600))
	const seeHelp = "; run `cdk new --help` to see how it is used.\n"
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"no name": {
			nil, 2, "cdk new: the name is missing; give one such as source-acme or " +
				"destination-acme" + seeHelp,
		},
		"two names": {
			[]string{"source-a", "source-b"}, 2, `an argument too much, "source-b"` + seeHelp,
		},
		"bad name":   {[]string{"acme"}, 2, "(source-acme would do)" + seeHelp},
		"bad kind":   {[]string{"source-a", "--kind", "soap"}, 2, `there is no kind "soap"`},
		"empty kind": {[]string{"source-a", "--kind="}, 2, `there is no kind ""`},
		"bad URL":    {[]string{"source-a", "--url", "acme.com"}, 2, "must be a whole one"},
		"kind of a source": {
			[]string{"destination-a", "--kind", "rest"}, 2,
			"the kind rest is one of a source, and the name says destination; choose from " +
				"sql, loader, or begin the name with source-" + seeHelp,
		},
		"kind of a destination": {
			[]string{"source-a", "--kind", "sql"}, 2,
			"choose from rest, graphql, custom, or begin the name with destination-" + seeHelp,
		},
		"URL for a destination": {
			[]string{"destination-a", "--url", "https://a.example/"}, 2,
			"a destination of the kind sql has no URL; leave --url out",
		},
		"URL for nothing": {
			[]string{"source-a", "--kind", "custom", "--url", "https://a.example/"}, 2,
			"a source of the kind custom has no URL; leave --url out",
		},
		"no kit": {
			[]string{"source-a", "--cdk", t.TempDir()}, 2, "is no checkout of the kit",
		},
		"empty folder": {[]string{"source-a", "--dir="}, 2, "the flag --dir is empty"},
		"no such flag": {
			[]string{"source-a", "--force"}, 2, "flag provided but not defined: -force",
		},
		"file in the way": {
			[]string{"--dir", taken, "source-a"}, 1,
			filepath.Join(taken, "main.go") + " is in the way",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, errs := runNew(t, "", test.args...)
			assert.Equal(t, test.code, code)
			assert.Empty(t, out)
			assert.Contains(t, errs, test.says)
			assert.Equal(t, 1, strings.Count(errs, "\n"))
		})
	}
	text, err := os.ReadFile(filepath.Join(taken, "main.go"))
	require.NoError(t, err)
	assert.Equal(t, "mine", string(text))
}

func TestNewHelp(t *testing.T) {
	t.Parallel()
	code, out, errs := runNew(t, "", "--help")
	assert.Zero(t, code)
	assert.Empty(t, errs)
	for _, k := range scaffold.Kinds() {
		assert.Contains(t, out, k.Name+strings.Repeat(" ", 9-len(k.Name))+k.Help)
	}
	var errBuffer bytes.Buffer
	assert.Equal(t, 1, create(t.Context(), []string{"-h"}, nil, fullDisk{}, &errBuffer))
	assert.Equal(t, "cdk new: no space left on device\n", errBuffer.String())
}

// What the flags say is not asked for; a wrong answer is explained and asked for again.
func TestNewAsks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	code, out, errs := runNew(t, "acme|example.com/source-acme|soap|graphql|acme|https://acme.example/q",
		"--dir", filepath.Join(dir, "it's here"))
	require.Zero(t, code, errs)
	assert.Contains(t, out, "source-acme is written")
	assert.Contains(t, out, `cd '`+dir+`/it'\''s here'`)
	assert.Contains(t, errs, "such as source-acme or destination-acme: The name must end in ")
	assert.Contains(t, errs, "Kind (rest, graphql, custom) [rest]: There is no kind \"soap\"")
	assert.Contains(t, errs, "URL of the API [https://api.example.com/graphql]: The URL of the API")
	text, err := os.ReadFile(filepath.Join(dir, "it's here", "main.go"))
	require.NoError(t, err)
	assert.Contains(t, string(text), `default:"https://acme.example/q"`)

	code, _, errs = runNew(t, "|", "source-acme", "--dir", filepath.Join(dir, "defaults"))
	require.Zero(t, code, errs)
	assert.Equal(t, 2, strings.Count(errs, "]: "), "a kind and a URL, by their defaults")

	code, out, errs = runNew(t, "sql|loader", "destination-acme", "--dir",
		filepath.Join(dir, "destination"))
	require.Zero(t, code, errs)
	assert.Equal(t, "Kind (sql, loader) [sql]: ", strings.SplitAfter(errs, ": ")[0])
	assert.NotContains(t, errs, "URL")
	assert.Contains(t, out, "cat testdata/messages.jsonl | ./destination-acme write --config")

	code, _, errs = runNew(t, "|", "--kind=custom", "source-acme", "--dir",
		filepath.Join(dir, "none"))
	require.Zero(t, code, errs)
	assert.NotContains(t, errs, "]: ")
}

func TestNewEndsWithItsInput(t *testing.T) {
	t.Parallel()
	code, _, errs := runNew(t, "acme")
	assert.Equal(t, 2, code)
	assert.Contains(t, errs, "cdk new: the input ended before everything was answered")
}

func TestNewReportsAFailedWrite(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	dir := filepath.Join(t.TempDir(), "full")
	code := create(t.Context(), []string{"source-acme", "--dir", dir}, nil, fullDisk{}, &errs)
	assert.Equal(t, 1, code)
	assert.Contains(t, errs.String(), "no space left on device")
}

// Without a go.sum a module for a release cannot be built, so that is a failure.
func TestNewForAReleaseNeedsTheGoCommand(t *testing.T) {
	t.Parallel()
	c := scaffold.Connector{Kit: scaffold.Kit{Version: "v0.3.1"}, Kind: scaffold.Kinds()[0]}
	var err error
	c.Name, err = scaffold.ParseName("source-acme")
	require.NoError(t, err)
	c.Dir = filepath.Join(t.TempDir(), c.Name.Short)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	require.ErrorContains(t, writeConnector(ctx, c, &out, &out),
		"is written, but has no go.sum yet: go mod tidy was interrupted. Then run `go mod tidy` in it")
}
