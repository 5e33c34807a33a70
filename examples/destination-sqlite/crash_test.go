package main

import (
	"os"
	"testing"

	"github.com/airbyte-go/cdk/examples/internal/tabletest"
)

func TestMain(m *testing.M) { os.Exit(tabletest.Main(m, destination)) }

func TestCrash(t *testing.T) { tabletest.Crash(t, fresh(t), nil) }
