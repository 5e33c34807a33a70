package sources

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRecentPartitionsAreTheLatest(t *testing.T) {
	t.Parallel()
	const limit, many = 7, 100
	keys := make([]partitionKey, many)
	for i := range keys {
		keys[i][0] = byte(i)
	}
	recent := newRecentPartitions(limit)
	for i, k := range keys {
		assert.False(t, recent.has(k), "%d has not come yet", i)
		recent.add(k)
		for _, latest := range keys[max(0, i+1-limit) : i+1] {
			assert.True(t, recent.has(latest), "%d, after %d", latest[0], i)
		}
		assert.LessOrEqual(t, len(recent.young)+len(recent.old), 2*limit)
	}
	assert.False(t, slices.ContainsFunc(keys[:many-2*limit], recent.has))
}
