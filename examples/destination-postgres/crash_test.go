package main

import (
	"errors"
	"os"
	"testing"

	"github.com/airbyte-go/cdk/examples/internal/pgtest"
	"github.com/airbyte-go/cdk/examples/internal/tabletest"
)

func TestMain(m *testing.M) { os.Exit(tabletest.Main(m, destination)) }

// Every second time it is the server that is killed.
func TestCrash(t *testing.T) {
	cluster := pgtest.Start(t)
	tabletest.Crash(t, fresh(t, cluster, ""), func() error {
		return errors.Join(cluster.Kill(), cluster.Run())
	})
}
