package main

import (
	"os"
	"testing"

	"github.com/airbyte-go/cdk/examples/internal/tabletest"
)

func TestMain(m *testing.M) { os.Exit(tabletest.Main(m, destination)) }

func TestCrash(t *testing.T) {
	crash := tabletest.Crash{Target: fresh(t)}
	crash.Run(t)
}
