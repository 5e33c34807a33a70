package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/examples/internal/pgtest"
	"github.com/airbyte-go/cdk/examples/internal/tabletest"
)

// kills is more than the suite does where somebody wants to be surer:
//
//	go test ./destination-postgres -run TestCrash -kills 200 -timeout 60m
var kills = flag.Int("kills", 10, "how often TestCrash kills the destination or the server")

// asDestination makes the test binary the destination.
const asDestination = "TEST_AS_DESTINATION"

func TestMain(m *testing.M) {
	if os.Getenv(asDestination) != "" {
		destinations.Main(destination, destinations.BatchRecords(150),
			destinations.StateInterval(time.Millisecond))
		return
	}
	os.Exit(m.Run())
}

func command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asDestination+"=1")
	return cmd
}

func TestCrash(t *testing.T) {
	cluster := pgtest.Start(t)
	kill := func() error { return errors.Join(cluster.Kill(), cluster.Run()) }
	crash := tabletest.Crash{
		Target: fresh(t, cluster, ""), Command: command, Kill: kill, Kills: *kills,
	}
	crash.Run(t)
}
