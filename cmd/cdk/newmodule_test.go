package main

import (
	"bufio"
	"bytes"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/scaffold"
)

// goCommand is the go command in a folder, without a network: the module cache holds what the kit
// needs.
func goCommand(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", args...)
	c.Dir = dir
	c.Env = append(c.Environ(), "GOPROXY=off", "GOFLAGS=-buildvcs=false", "GOWORK=")
	return c
}

// output runs a command that must succeed, and returns what it wrote to standard output.
func output(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	require.NoError(t, c.Run(), "%v\n%s%s", c.Args, out.String(), errs.String())
	return out.String()
}

// lacksModules reports whether the go command has missed a module that is not needed here: go mod
// tidy asks for more than a build does, and a new machine has not downloaded that. With
// TEST_MODULES_REQUIRED it must be there.
func lacksModules(said string) bool {
	return strings.Contains(said, "module lookup disabled by GOPROXY=off") &&
		os.Getenv("TEST_MODULES_REQUIRED") == ""
}

// kitDir is the checkout that the tests are part of.
func kitDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	require.NoError(t, err)
	return dir
}

// buildCDK builds this command.
func buildCDK(t *testing.T, flags ...string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "cdk.exe")
	output(t, goCommand(t, ".", append(append([]string{"build"}, flags...), "-o", binary, ".")...))
	return binary
}

// Every template becomes a module that does what its README says, outside of the checkout of the
// kit and inside of it, where a workspace lies above it.
func TestNewModules(t *testing.T) {
	t.Parallel()
	cdk := buildCDK(t)
	// Git and the tests of the repository ignore this name.
	inside, err := os.MkdirTemp(kitDir(t), "source-*") //nolint:usetesting // it must be inside
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(inside)) })
	for _, m := range []newModule{
		{name: "source-acme", kind: "rest"},
		{name: "git.example.org/ours/source-big-shop", kind: "graphql"},
		{name: "source-old-system/v2", kind: "custom"},
		{name: "source-acme", kind: "rest", parent: inside},
		{name: "destination-acme", kind: "sql"},
		{name: "git.example.org/ours/destination-big-shop/v2", kind: "loader"},
		{name: "destination-acme", kind: "sql", parent: inside},
		{name: "git.example.org/ours/source-acme", document: "templates/openapi/openapi.yaml"},
		{name: "source-odd", document: "testdata/odd.yaml"},
	} {
		t.Run(m.kind+filepath.Base(m.document)+" "+filepath.Base(m.parent), func(t *testing.T) {
			t.Parallel()
			m.mustWork(t, cdk)
		})
	}
}

// newModule is a module that `cdk new` makes.
type newModule struct {
	name, kind, parent string

	document string // of OpenAPI, instead of a kind

	scaffold.Name

	dir string
}

func (m newModule) mustWork(t *testing.T, cdk string) {
	t.Helper()
	var err error
	m.Name, err = scaffold.ParseName(m.name)
	require.NoError(t, err)
	if m.parent == "" {
		m.parent = t.TempDir()
	}
	m.dir = filepath.Join(m.parent, m.Short)
	isOutside := !strings.HasPrefix(m.dir, kitDir(t))

	from := []string{"--kind", m.kind}
	if m.document != "" {
		from = []string{"--from-openapi", filepath.Join(kitDir(t), "cmd", "cdk", m.document)}
	}
	create := exec.CommandContext(t.Context(), cdk, append([]string{"new", m.name}, from...)...)
	create.Dir = m.parent
	create.Env = append(create.Environ(), "GOPROXY=off")
	assert.Contains(t, output(t, create), m.Short+" is written")

	mustBeFormatted(t, m.dir)
	assert.Equal(t, isOutside, !exists(m.dir, "go.work"), "a go.work where one lies above")
	tidy := goCommand(t, m.dir, "mod", "tidy", "-diff")
	tidy.Env = append(tidy.Env, "GOWORK=off")
	if said, err := tidy.CombinedOutput(); !lacksModules(string(said)) {
		require.NoError(t, err, string(said))
	}
	for _, args := range [][]string{{"vet", "./..."}, {"test", "./..."}, {"build"}} {
		c := goCommand(t, m.dir, args...)
		if isOutside { // the go command refuses this flag in a workspace
			c.Env = append(c.Env, "GOFLAGS=-mod=mod -buildvcs=false")
		}
		output(t, c)
	}
	m.mustRun(t, cdk)
}

// mustRun runs the connector by the commands of its README, and judges the program if it needs no
// API: against a real clock, rate limits take their time.
func (m newModule) mustRun(t *testing.T, cdk string) {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(m.dir, "README.md"))
	require.NoError(t, err)
	require.Contains(t, string(readme), "\ngo test ./...")
	if m.Type() == scaffold.Destination {
		m.mustWrite(t, string(readme))
		return
	}
	read := "./" + m.Short + " read --config config.json --limit 10"
	const sync = "sync --source . --source-config config.json --destination sqlite:local.db"
	require.Contains(t, string(readme), "\ngo build\n"+read+"\ncdk "+sync+"\n")
	if exists(m.dir, "cmd", "fakeapi") {
		require.Contains(t, string(readme), "\ngo run ./cmd/fakeapi")
		m.pointTo(t, m.serve(t))
	} else {
		judge := exec.CommandContext(t.Context(), cdk, "test", "--connector", "./"+m.Short)
		judge.Dir = m.dir
		assert.Contains(t, output(t, judge), " 0 failed")
		both := exec.CommandContext(t.Context(), cdk, strings.Fields(sync)...)
		both.Dir = m.dir
		assert.Contains(t, output(t, both), "Succeeded in")
		ignored, err := os.ReadFile(filepath.Join(m.dir, ".gitignore"))
		require.NoError(t, err)
		assert.True(t, exists(m.dir, "local.db") && exists(m.dir, m.Short+"-sqlite.state.json"))
		assert.Contains(t, string(ignored), "\n/*.state*.json*\n/*.log\n/*.db*\n", "what it left")
	}
	assert.Contains(t, output(t, m.program(t, read)), `"type":"RECORD"`)
	m.mustPassCheck(t)
}

// mustWrite pipes the sample of messages in as the README does.
func (m newModule) mustWrite(t *testing.T, readme string) {
	t.Helper()
	write := "./" + m.Short + " write --config config.json --catalog testdata/catalog.json"
	require.Contains(t, readme, "\ngo build\ncat testdata/messages.jsonl | "+write+"\n")
	messages, err := os.Open(filepath.Join(m.dir, "testdata", "messages.jsonl"))
	require.NoError(t, err)
	defer messages.Close()
	c := m.program(t, write)
	c.Stdin = messages
	assert.Equal(t, 2, strings.Count(output(t, c), `"type":"STATE"`))
	m.mustPassCheck(t)
	ignored, err := os.ReadFile(filepath.Join(m.dir, ".gitignore"))
	require.NoError(t, err)
	assert.True(t, exists(m.dir, "local.db") || exists(m.dir, "local", "visits"))
	assert.Contains(t, string(ignored), "\n/local", "what was written")
}

func (m newModule) mustPassCheck(t *testing.T) {
	t.Helper()
	check := m.program(t, "./"+m.Short+" check --config config.json")
	assert.Contains(t, output(t, check), `"SUCCEEDED"`)
}

// program is a command line of the README, in the folder of the module.
func (m newModule) program(t *testing.T, line string) *exec.Cmd {
	t.Helper()
	words := strings.Fields(line)
	c := exec.CommandContext(t.Context(), filepath.Join(m.dir, words[0]), words[1:]...)
	c.Dir = m.dir
	return c
}

// serve runs the fake API until the test ends, and returns its address.
func (m newModule) serve(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "fakeapi.exe")
	output(t, goCommand(t, m.dir, "build", "-o", binary, "./cmd/fakeapi"))
	c := exec.CommandContext(t.Context(), binary, "-address", "127.0.0.1:0")
	errs, err := c.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	said, err := bufio.NewReader(errs).ReadString('\n')
	require.NoError(t, err)
	address := regexp.MustCompile(`http://([0-9.:]+)/`).FindStringSubmatch(said)
	require.NotNil(t, address, said)
	return address[1]
}

// pointTo makes the config name another address than that by which everybody starts.
func (m newModule) pointTo(t *testing.T, address string) {
	t.Helper()
	file := filepath.Join(m.dir, "config.json")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	changed := strings.ReplaceAll(string(text), "127.0.0.1:8080", address)
	require.NotEqual(t, string(text), changed)
	require.NoError(t, os.WriteFile(file, []byte(changed), 0o600))
}

func exists(elements ...string) bool {
	_, err := os.Stat(filepath.Join(elements...))
	return err == nil
}

func mustBeFormatted(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".go" {
			return err
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		formatted, err := format.Source(text)
		require.NoError(t, err, name)
		assert.Equal(t, string(formatted), string(text), name)
		return nil
	})
	require.NoError(t, err)
}

// With -trimpath the binary does not know where it was built.
func TestNewOfATrimmedBinary(t *testing.T) {
	t.Parallel()
	cdk := buildCDK(t, "-trimpath")
	run := func(dir string, args ...string) (code int, errs string) {
		args = append([]string{"new", "source-acme"}, args...)
		c := exec.CommandContext(t.Context(), cdk, args...)
		c.Dir = dir
		c.Env = append(c.Environ(), "GOPROXY=off")
		var stderr bytes.Buffer
		c.Stderr = &stderr
		_ = c.Run()
		return c.ProcessState.ExitCode(), stderr.String()
	}
	lost := t.TempDir()
	code, errs := run(lost)
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, "name the checkout by --cdk DIR")
	assert.False(t, exists(lost, "source-acme"))

	code, errs = run(lost, "--cdk", kitDir(t))
	assert.Zero(t, code, errs)
	if !lacksModules(errs) {
		assert.Empty(t, errs)
	}

	code, errs = run(kitDir(t), "--dir", filepath.Join(t.TempDir(), "found"))
	assert.Zero(t, code, errs)
}

// Without a go command or a network the module is as complete, and a sentence says what is missing.
func TestNewWithoutGoOrNetwork(t *testing.T) {
	t.Parallel()
	cdk := buildCDK(t)
	for name, test := range map[string]struct {
		env  []string
		says string
	}{
		"no go": {[]string{"PATH=" + t.TempDir()}, "there is no go command on the PATH"},
		"no network": {
			[]string{"GOPROXY=off", "GOMODCACHE=" + t.TempDir()}, "go mod tidy says: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := exec.CommandContext(t.Context(), cdk, "new", "source-acme")
			c.Dir = t.TempDir()
			c.Env = append(c.Environ(), test.env...)
			var errs bytes.Buffer
			c.Stderr = &errs
			require.NoError(t, c.Run(), errs.String())
			assert.Contains(t, errs.String(), "cdk new: go.mod and go.sum name all that is needed")
			assert.Contains(t, errs.String(), test.says)
			assert.Equal(t, 1, strings.Count(errs.String(), "\n"))
			output(t, goCommand(t, filepath.Join(c.Dir, "source-acme"), "vet", "./..."))
		})
	}
}
