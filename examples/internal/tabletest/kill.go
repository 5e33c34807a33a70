package tabletest

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/destinations"
)

// kills is more than the suite does where somebody wants to be surer:
//
//	go test ./destination-sqlite -run TestCrash -kills 200 -timeout 60m
var kills = flag.Int("kills", 10, "how often TestCrash kills the destination or its database")

// asDestination makes the test binary the destination.
const asDestination = "TEST_AS_DESTINATION"

// Main is the TestMain of a destination: the test binary is also the process that Crash kills, with
// small batches, so that there is much to be killed in.
func Main[C any](m *testing.M, d destinations.Destination[C]) int {
	if os.Getenv(asDestination) != "" {
		destinations.Main(d, destinations.BatchRecords(150),
			destinations.StateInterval(time.Millisecond))
	}
	return m.Run()
}

// Crash kills the destination at random moments of a sync, and its database, if other can do that
// and start it again. Nothing is lost, and nothing stays behind.
func Crash(t *testing.T, x *Target, other func() error) {
	t.Helper()
	t.Setenv(asDestination, "1")
	cdktest.KillDestination(t, cdktest.Command(os.Args[0]), x.Tests(),
		cdktest.Kills{Number: *kills, Other: other})
	assert.Empty(t, x.Leftovers(t))
}
