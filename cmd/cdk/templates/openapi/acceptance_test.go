package main

import (
	"testing"

	cdktest "github.com/airbyte-go/cdk/cdk_test"

	"github.com/airbyte-go/cdk/cmd/cdk/templates/openapi/internal/fakeapi"
)

// Each check of Airbyte's acceptance tests is a subtest, and so are those that they leave out.
func TestAcceptance(t *testing.T) {
	cdktest.Accept(t, cdktest.Source(source{}), "acceptance-test-config.yml",
		cdktest.FakeAPI(func(api *cdktest.API) { api.Handle("/", fakeapi.New()) }))
}
