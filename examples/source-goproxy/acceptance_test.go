package main

import (
	"testing"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
)

func TestAcceptance(t *testing.T) {
	t.Parallel()
	cdktest.Accept(t, cdktest.Source(source{}), "testdata/acceptance-test-config.yml",
		cdktest.FakeAPI(func(api *cdktest.API) {
			serveModule(api, "example.com/a", "v1.0.0")
			serveModule(api, "example.com/b", "v2.0.0+incompatible")
			api.Handle("/path/example.com/gone/", status(404))
		}))
}
