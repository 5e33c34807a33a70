//go:build unix

package main

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// write makes a folder with the files of a test of a connector that only knows the verb spec.
func write(t *testing.T, script string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"connector.sh": script,
		"config.yml":   "connector_image: a\nacceptance_tests: {spec: {tests: [{}]}}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

const goodScript = `[ "$1" = spec ] || exit 1
echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object","properties":{}}}}'`

func TestTestPasses(t *testing.T) {
	t.Parallel()
	dir := write(t, goodScript)
	var out, errs bytes.Buffer
	junit := filepath.Join(dir, "report.xml")
	code := run([]string{"test", "--connector", "sh " + dir + "/connector.sh",
		"--config", dir + "/config.yml", "--junit", junit, "--connector-timeout", "1m"},
		&out, &errs)
	assert.Zero(t, code, out.String())
	assert.Empty(t, errs.String())
	assert.Contains(t, out.String(), "ok    spec/1/one_answer\n")
	assert.Contains(t, out.String(), "skip  connection\n      the config file has no tests of it\n")
	assert.Regexp(t, `\n\d+ passed, 0 failed, \d+ skipped in `, out.String())

	text, err := os.ReadFile(junit)
	require.NoError(t, err)
	var report junitSuites
	require.NoError(t, xml.Unmarshal(text, &report))
	require.Greater(t, len(report.Suites), 3)
	assert.Equal(t, "spec", report.Suites[1].Name)
	assert.Zero(t, report.Suites[1].Failures)
	assert.NotZero(t, report.Suites[1].Skipped)
	assert.Len(t, report.Suites[1].Cases, report.Suites[1].Tests)
}

func TestTestFails(t *testing.T) {
	t.Parallel()
	dir := write(t, `echo hello; `+goodScript)
	var out, errs bytes.Buffer
	junit := filepath.Join(dir, "report.xml")
	code := run([]string{"test", "--connector", "sh " + dir + "/connector.sh",
		"--config", dir + "/config.yml", "--junit", junit}, &out, &errs)
	assert.Equal(t, 1, code)
	assert.Contains(t, out.String(), "FAIL  spec/1/one_answer\n      Line 1 is not a message")
	assert.Contains(t, out.String(), "      to mend:  Answer spec with one SPEC message")
	text, err := os.ReadFile(junit)
	require.NoError(t, err)
	assert.Contains(t, string(text), "<failure message=\"Line 1 is not a message")
}

// A folder is built first, and brings its config file along.
func TestTestBuildsAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/acme\n",
		"main.go": `package main

import "os"

func main() {
	if len(os.Args) != 2 || os.Args[1] != "spec" {
		os.Exit(1)
	}
	os.Stdout.WriteString(` + "`" + `{"type":"SPEC","spec":{"connectionSpecification":` +
			`{"type":"object","properties":{}}}}` + "`" + `)
}
`,
		"acceptance-test-config.yml": "connector_image: a\n" +
			"acceptance_tests: {spec: {tests: [{}]}}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	var out, errs bytes.Buffer
	code := run([]string{"test", "--connector", dir}, &out, &errs)
	assert.Zero(t, code, out.String())
	assert.Empty(t, errs.String())
	assert.Contains(t, out.String(), "ok    spec/1/one_answer\n")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte("package lib\n"), 0o600))
	assert.Equal(t, 1, run([]string{"test", "--connector", dir}, &out, &errs))
	assert.Equal(t, "cdk test: --connector "+dir+" holds package lib, and no program; name the "+
		"folder of a package main, or a command line\n", errs.String())
}

func TestTestMisused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no connector":    {nil, 2, "the flag --connector is missing"},
		"unknown flag":    {[]string{"--speed"}, 2, "speed"},
		"argument":        {[]string{"--connector", "x", "y"}, 2, `too much, "y"`},
		"negative bound":  {[]string{"--connector", "x", "--resumes", "-1"}, 2, "negative"},
		"no config":       {[]string{"--connector", "x", "--config", "none"}, 1, "a config file"},
		"unwritable":      {[]string{"--connector", "x", "--config", "testdata"}, 1, "config file"},
		"broken duration": {[]string{"--connector", "x", "--grace", "1"}, 2, "grace"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			assert.Equal(t, test.code, run(append([]string{"test"}, test.args...), &out, &errs))
			assert.Contains(t, errs.String(), test.says)
			assert.Empty(t, out.String())
		})
	}
}

func TestTestHelp(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	assert.Zero(t, run([]string{"test", "--help"}, &out, &errs))
	assert.Equal(t, testUsage, out.String())
}
