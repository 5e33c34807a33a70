package main

import (
	"testing"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/examples/internal/shop"
)

func TestAcceptance(t *testing.T) {
	t.Parallel()
	cdktest.Accept(t, cdktest.Source(source{}), "testdata/acceptance-test-config.yml",
		cdktest.FakeAPI(func(api *cdktest.API) { api.Handle("/", shop.New(smallShop)) }))
}
