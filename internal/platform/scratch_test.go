package platform_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
)

// TestScratch: a sync goes on where the last one of the same store ended.
func TestScratch(t *testing.T) {
	t.Parallel()
	store := new(platform.Scratch)
	for range 2 {
		s := &platform.Sync{
			Source:      script(0, whole("a", record1, state("a", `{"i":1}`))...),
			Destination: new(input).echo(), Store: store, Catalog: appending(),
		}
		_, err := s.Run(t.Context())
		require.NoError(t, err)
	}
	m, err := store.Load()
	require.NoError(t, err)
	assert.EqualValues(t, 2, m.SyncID)
	assert.Contains(t, string(m.States.File()), `"stream_state":{"i":1}`)
}
