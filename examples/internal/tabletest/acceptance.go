package tabletest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/destinations"
)

// Accept makes the tests that every destination must pass, in a fresh target. Nothing stays behind.
func Accept[C any](t *testing.T, d destinations.Destination[C], x *Target) {
	t.Helper()
	cdktest.AcceptDestination(t, cdktest.Destination(d), x.Tests())
	assert.Empty(t, x.Leftovers(t))
}
