package acceptance

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPlatformTellsOnce: what is found in one world is only noted in the other.
func TestPlatformTellsOnce(t *testing.T) {
	t.Parallel()
	empty := on("read", insertAt("RUNNING", "plans", plan(`{}`), plan(`{}`)))
	found := outcomes(t, &scripted{t: t, defect: empty})
	custom := found["basic_read/1/platform_custom"]
	registry := found["basic_read/1/platform_registry"]
	require.Len(t, custom.Failures, 1)
	assert.Contains(t, custom.Failures[0], "It was so 2 times.")
	assert.Empty(t, registry.Failures)
	require.Len(t, registry.Notes, 1)
	assert.Contains(t, registry.Notes[0], "the same in the other world")
}

// TestPlatformIsNotAskedInVain: a failed read, or one whose states nobody demands, is not played.
func TestPlatformIsNotAskedInVain(t *testing.T) {
	t.Parallel()
	failed := on("read", func(c *conversation) { c.fail(1, "system_error", "It fails.", "") })
	v := outcomes(t, &scripted{t: t, defect: failed})["basic_read/1/platform_custom"]
	assert.Equal(t, "the read failed; see basic_read/1/succeeds", v.Skipped)

	cfg, err := ReadConfig("testdata/acceptance-test-config.yml")
	require.NoError(t, err)
	off := false
	cfg.Suites.BasicRead.Tests[0].States = &off
	for _, c := range Plan(&scripted{t: t}, cfg, Options{}) {
		if v := c.Run(t.Context()); c.Name == "basic_read/1/platform_custom" {
			assert.Equal(t, "validate_state_messages is off", v.Skipped)
		}
	}
}
