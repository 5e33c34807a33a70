package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// asDestination makes the binary of the tests the destination, for tests that need a process.
const asDestination = "TEST_AS_DESTINATION"

func TestMain(m *testing.M) {
	if os.Getenv(asDestination) != "" {
		destinations.Main(destination{}, destinations.StateInterval(0)) // a batch for each state
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
	code = destinations.Run(t.Context(), destination{}, destinations.Process{
		Args: arguments(t, cfg), In: strings.NewReader(messages), Out: &out,
	})
	return code, out.String()
}

// visit is a record and the state that covers it.
func visit(id int) string {
	return fmt.Sprintf(`{"type":"RECORD","record":{"stream":"visits","emitted_at":1,"data":`+
		`{"customer_id":%d}}}`+"\n"+`{"type":"STATE","state":{"type":"STREAM","stream":`+
		`{"stream_descriptor":{"name":"visits"},"stream_state":{}},"id":%[1]d}}`+"\n", id)
}

// killed sends what comes behind an acknowledged visit to a process, which it kills after some
// states, and returns the last that came back.
func killed(t *testing.T, cfg Config, acknowledged int) int {
	t.Helper()
	process := exec.CommandContext(t.Context(), os.Args[0], arguments(t, cfg)...)
	process.Env = append(os.Environ(), asDestination+"=1")
	in, err := process.StdinPipe()
	require.NoError(t, err)
	out, err := process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	go func(id int) {
		for err := error(nil); err == nil; id++ { // until the process is gone
			_, err = io.WriteString(in, visit(id))
		}
	}(acknowledged + 1)
	left := 1 + rand.IntN(50)
	for m, err := range protocol.NewReader(out, protocol.ReaderOptions{}).Messages() {
		if err != nil || m.Type != protocol.MessageState {
			continue // such as half a line
		}
		acknowledged = int(*m.State.ID)
		if left--; left == 0 {
			require.NoError(t, process.Process.Kill())
		}
	}
	require.Error(t, process.Wait(), "it was not killed")
	require.LessOrEqual(t, left, 0, "it ended by itself")
	return acknowledged
}
