package state

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/protocol"
)

func TestCounter(t *testing.T) {
	t.Parallel()
	var c Counter
	a, b := protocol.Descriptor{Name: "a"}, protocol.Descriptor{Name: "b"}
	assert.Zero(t, c.Take(a))
	assert.Zero(t, c.TakeAll())
	c.Add(a, 2)
	c.Add(b, 5)
	c.Add(a, 1)
	assert.Equal(t, protocol.Count(3), c.Take(a))
	assert.Zero(t, c.Take(a))
	c.Add(a, 1)
	assert.Equal(t, protocol.Count(6), c.TakeAll())
	assert.Zero(t, c.TakeAll())
	assert.Zero(t, c.Take(b))
}
