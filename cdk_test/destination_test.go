package cdktest_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

const failsOnPurpose = "CDK_TEST_BROKEN_DESTINATION"

// TestDestinationThatIsBroken fails on purpose when TestDestinationTestsFail runs it.
func TestDestinationThatIsBroken(t *testing.T) {
	if os.Getenv(failsOnPurpose) == "" {
		t.Skip("it is run by TestDestinationTestsFail")
	}
	cfg := journalConfig{Folder: t.TempDir()}
	lossy := cdktest.DestinationTests{
		Config: cfg,
		Rows: func(ctx context.Context, d protocol.Descriptor) ([]json.RawMessage, error) {
			rows, err := cfg.rows(ctx, d)
			return rows[:len(rows)/2], err
		},
		Skip: map[string]string{
			"append": "", "dedup": "a reason", "no_such_check": "another",
		},
	}
	t.Run("accept", func(t *testing.T) {
		cdktest.AcceptDestination(t, cdktest.Destination(journals{}), lossy)
	})
	t.Run("kill", func(t *testing.T) {
		t.Setenv(asJournals, "1")
		cdktest.KillDestination(t, cdktest.Command(os.Args[0]), lossy, cdktest.Kills{})
	})
	t.Run("kill nobody", func(t *testing.T) {
		cdktest.KillDestination(t, cdktest.Destination(journals{}), lossy, cdktest.Kills{})
	})
	t.Run("source", func(t *testing.T) {
		cdktest.AcceptDestination(t, cdktest.Source(source{}), lossy)
	})
	t.Run("no rows", func(t *testing.T) {
		cdktest.AcceptDestination(t, cdktest.Destination(journals{}), cdktest.DestinationTests{})
	})
}

func TestDestinationTestsFail(t *testing.T) {
	t.Parallel()
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDestinationThatIsBroken$",
		"-test.v")
	again.Env = append(os.Environ(), failsOnPurpose+"=1")
	text, err := again.CombinedOutput()
	require.Error(t, err)
	const accept = "TestDestinationThatIsBroken/accept/"
	for _, want := range []string{
		"--- FAIL: " + accept + "skips",
		`There is no check "no_such_check" to be skipped.`,
		"--- FAIL: " + accept + "custom/append (",
		"The check is to be skipped, and the reason is empty.",
		"--- FAIL: " + accept + "registry/basic_write",
		"holds other rows than expected: there are 2, expected 4. Missing:",
		"Sync 1 sent, as incremental, append: RECORD t",
		"expected: all rows, all states back with their ids",
		"to mend:  Load what comes before a state",
		"--- SKIP: " + accept + "custom/dedup (",
		"--- SKIP: " + accept + "custom/truncate_refresh",
		"the spec does not offer the sync mode overwrite",
		"--- PASS: " + accept + "check",
		"is wrong: record 501 is lost",
		"what runs in the test's own process cannot be killed",
		"This connector is a source.",
		"DestinationTests needs Rows",
	} {
		assert.Contains(t, string(text), want)
	}
}

// A destination that runs in process has the suites of Airbyte's acceptance tests that apply to it.
func TestAcceptOfADestination(t *testing.T) {
	t.Parallel()
	connector := cdktest.Destination(journals{}, destinations.MaxLine(1<<20))
	cdktest.Accept(t, connector, "testdata/journals/acceptance-test-config.yml")
}

// A program is a destination, too, and its config may be text.
func TestAcceptDestinationOfAProgram(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it needs a shell")
	}
	t.Setenv(asJournals, "1")
	cfg := journalConfig{Folder: t.TempDir()}
	text, err := json.Marshal(cfg)
	require.NoError(t, err)
	cdktest.AcceptDestination(t, cdktest.Command(os.Args[0]), cdktest.DestinationTests{
		Config: json.RawMessage(text), Rows: cfg.rows, Rejected: `{"id":"x"}`,
	})
}
