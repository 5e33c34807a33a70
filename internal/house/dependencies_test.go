package house_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// libraryModules are the modules that end up in a connector's binary. Whoever adds one makes every
// user download, audit and update it: the answer to a new one is no, unless the reason is good.
var libraryModules = exceptions{
	"github.com/hashicorp/go-retryablehttp": "retries with backoff that the world has tested",
	"github.com/hashicorp/go-cleanhttp":     "needed by go-retryablehttp",
	"github.com/santhosh-tekuri/jsonschema/v5": "validates configs against draft-07, of which an " +
		"author's own spec file may use any keyword",
	"github.com/go-json-experiment/json": "cuts raw values out of a stream without copying; " +
		"joins the standard library in Go 1.27",
	"golang.org/x/time": "the rate limiter",
	"golang.org/x/oauth2": "asks token endpoints and reads their refusals; its packages for " +
		"single vendors stay out",
	"github.com/golang-jwt/jwt/v5": "signs tokens: cryptography is not for us to write",
	"github.com/klauspost/compress": "answers in zstd, which the standard library lacks, and in " +
		"gzip at two thirds of its cost",
}

// testKitModules are what cdk_test needs besides. It is imported by tests, never by a connector.
var testKitModules = exceptions{
	"github.com/stretchr/testify": "assertions whose failures are readable",
	"go.yaml.in/yaml/v3":          "reads acceptance-test files, which are YAML",
	"gopkg.in/dnaeon/go-vcr.v4":   "keeps conversations with real APIs and replays them",
	"go.yaml.in/yaml/v4":          "needed by go-vcr",
}

// TestLibraryModules fails when a connector would carry a module that the table does not name.
func TestLibraryModules(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var dirs []string
	for _, p := range tr.public() {
		if !within(p.dir, "cdk_test") {
			dirs = append(dirs, "./"+p.dir)
		}
	}
	found := modulesOf(t, tr, dirs)
	judge(t, found, libraryModules, "a connector would carry these modules, too")
}

// TestTestKitModules does the same for the package that tests import.
func TestTestKitModules(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var found []finding
	for _, f := range modulesOf(t, tr, []string{"./cdk_test"}) {
		if _, ok := libraryModules[f.key]; !ok {
			found = append(found, f)
		}
	}
	judge(t, found, testKitModules, "a test of a connector would carry these modules, too")
}

// modulesOf asks the go command for the modules whose packages the folders need to be built. It
// leaves the workspace out, as a user's build does.
func modulesOf(t *testing.T, tr *tree, dirs []string) []finding {
	t.Helper()
	const format = `{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}`
	out := goSays(t, tr.root, []string{"GOWORK=off"},
		append([]string{"list", "-deps", "-f", format}, dirs...)...)

	needed := map[string]bool{}
	for name := range strings.FieldsSeq(out) {
		needed[name] = true
	}
	var found []finding
	for _, name := range sortedKeys(needed) {
		found = append(found, findingf(name, "%s", name))
	}
	return found
}

// goSays runs the go command in a folder, with variables beside those of the environment, and
// returns what it wrote.
func goSays(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", args...)
	c.Dir = dir
	c.Env = append(c.Environ(), env...)
	var complaint strings.Builder
	c.Stderr = &complaint
	out, err := c.Output()
	require.NoError(t, err, complaint.String())
	return string(out)
}
