package platform_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// TestScratch: a sync goes on where the last one of the same store ended.
func TestScratch(t *testing.T) {
	t.Parallel()
	var got []string
	store := new(platform.Scratch)
	for range 2 {
		s := &platform.Sync{
			Source: script(0, recordA, stateA), Destination: echoing(&got), Store: store,
			Catalog: oneStream(protocol.SyncIncremental, protocol.DestinationAppend),
		}
		_, err := s.Run(t.Context())
		require.NoError(t, err)
	}
	m, err := store.Load()
	require.NoError(t, err)
	assert.EqualValues(t, 2, m.SyncID)
	assert.Contains(t, string(m.States.File()), `"stream_state":{"i":1}`)
}
