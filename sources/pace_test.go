package sources

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestPace(t *testing.T) {
	t.Parallel()
	now := at("2026-01-01T00:00:00Z")
	p := pace{interval: 15 * time.Second}
	assert.True(t, p.due(now), "the first state goes at once")
	p.wrote(now, 100)
	assert.False(t, p.due(now.Add(14*time.Second)))
	assert.True(t, p.due(now.Add(15*time.Second)))

	p.wrote(now, largeState)
	assert.False(t, p.due(now.Add(time.Minute)), "no records stand behind a large state")
	assert.True(t, p.due(now.Add(longestPace)), "but not for ever")
	p.count(stateShare * largeState)
	assert.True(t, p.due(now.Add(time.Minute)))

	p.wrote(now, largeState)
	p.hurry()
	assert.True(t, p.due(now))
}
