package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/destinations"
)

// asDestination makes the binary of the tests the destination, for tests that need a process.
const asDestination = "TEST_AS_DESTINATION"

func TestMain(m *testing.M) {
	if os.Getenv(asDestination) != "" {
		destinations.Main(destination, destinations.StateInterval(0)) // a batch for each state
	}
	os.Exit(m.Run())
}

// The suites of Airbyte's acceptance tests that apply to destinations.
func TestAcceptance(t *testing.T) {
	file, err := filepath.Abs("acceptance-test-config.yml")
	require.NoError(t, err)
	t.Setenv(asDestination, "1")
	t.Setenv("GORACE", "atexit_sleep_ms=0") // with -race each process would end a second later
	t.Chdir(t.TempDir())                    // config.json writes where the process runs
	cdktest.Accept(t, cdktest.Command(os.Args[0]), file)
}

// What every destination must do, in both of the worlds that one may live in.
func TestConformance(t *testing.T) {
	t.Parallel()
	cdktest.AcceptDestination(t, cdktest.Destination(destination), tests(newConfig(t)))
}

// Whenever the process ends, the next one goes on without losing a record.
func TestNothingIsLost(t *testing.T) {
	t.Setenv(asDestination, "1")
	cdktest.KillDestination(t, cdktest.Command(os.Args[0]), tests(newConfig(t)), cdktest.Kills{})
}

// arguments are those of write.
func arguments(t *testing.T, cfg Config) []string {
	t.Helper()
	text, err := json.Marshal(cfg)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "config.json")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return []string{"write", "--config", file, "--catalog", "testdata/catalog.json"}
}

// write runs the verb within the test and returns the exit code and what the platform would read.
func write(t *testing.T, cfg Config, messages string) (code int, answer string) {
	t.Helper()
	var out bytes.Buffer
	code = destinations.Run(t.Context(), destination, destinations.Process{
		Args: arguments(t, cfg), In: strings.NewReader(messages), Out: &out,
	})
	return code, out.String()
}
