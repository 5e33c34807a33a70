package platform

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Ids in their order take no memory, and those in any other order are known all the same.
func TestGiven(t *testing.T) {
	t.Parallel()
	g := given{others: map[int64]struct{}{}}
	for id := range int64(1000) {
		assert.False(t, g.has(id+1))
		g.add(id + 1)
		assert.True(t, g.has(id+1))
	}
	assert.Empty(t, g.others)

	g = given{others: map[int64]struct{}{}}
	for _, id := range rand.Perm(1000) {
		assert.False(t, g.has(int64(id)-10))
		g.add(int64(id) - 10)
		g.add(int64(id) - 10)
		assert.True(t, g.has(int64(id)-10))
	}
	assert.Len(t, g.others, 11) // from -10 to 0
	assert.EqualValues(t, 989, g.upTo)
	assert.False(t, g.has(990))
}
