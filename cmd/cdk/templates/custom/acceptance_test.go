package main

import (
	"testing"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
)

// Each check of Airbyte's acceptance tests is a subtest, and so are those that they leave out.
func TestAcceptance(t *testing.T) {
	t.Parallel()
	cdktest.Accept(t, cdktest.Source(source{}), "acceptance-test-config.yml")
}
