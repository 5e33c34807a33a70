package main

import (
	"testing"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
)

func TestAcceptance(t *testing.T) {
	t.Parallel()
	cdktest.Accept(t, cdktest.Source(source{}), "testdata/acceptance-test-config.yml")
}
