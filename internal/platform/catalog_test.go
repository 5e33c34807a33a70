package platform_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// What each side sees of the modes and ids in each world (A.9, generations).
func TestCatalogs(t *testing.T) {
	t.Parallel()
	type seen struct {
		source, destination protocol.DestinationSyncMode
		minimum             int64 // where ids are counted
	}
	for mode, want := range map[protocol.DestinationSyncMode]struct{ custom, registry seen }{
		"append":          {seen{"append", "append", 0}, seen{"append", "append", 0}},
		"append_dedup":    {seen{"append_dedup", "append_dedup", 0}, seen{"append_dedup", "append_dedup", 0}},
		"overwrite":       {seen{"overwrite", "overwrite", 0}, seen{"append", "append", 1}},
		"overwrite_dedup": {seen{"overwrite", "overwrite", 0}, seen{"append_dedup", "append_dedup", 1}},
		"update":          {seen{"append", "update", 0}, seen{"append", "update", 0}},
		"soft_delete":     {seen{"append", "soft_delete", 0}, seen{"append", "soft_delete", 0}},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for registry, want := range map[bool]seen{false: want.custom, true: want.registry} {
					s := newStage(says(whole("a", state("a", `{}`))...), echoes)
					s.sync.SupportsRefreshes = registry
					s.sync.Catalog = catalogOf(fullRefresh("a", mode))
					s.sync.Catalog.Streams[0].GenerationID = new(int64(77)) // does not count
					s.run(t.Context(), t, platform.Succeeded, 0)
					source := firstStream(t, s.source.calls[0])
					destination := firstStream(t, s.destination.calls[0])
					assert.Equal(t, want.source, source.DestinationSyncMode)
					assert.Equal(t, want.destination, destination.DestinationSyncMode)
					for _, one := range []protocol.ConfiguredStream{source, destination} {
						if !registry {
							assert.Nil(t, one.GenerationID)
							assert.Nil(t, one.MinimumGenerationID)
							assert.Nil(t, one.SyncID)
							continue
						}
						assert.EqualValues(t, 1, *one.GenerationID)
						assert.Equal(t, want.minimum, *one.MinimumGenerationID)
						assert.EqualValues(t, 1, *one.SyncID)
					}
				}
			})
		})
	}
}

func firstStream(t *testing.T, c platform.Call) protocol.ConfiguredStream {
	t.Helper()
	return streamsOf(t, c)[0]
}

func streamsOf(t *testing.T, c platform.Call) []protocol.ConfiguredStream {
	t.Helper()
	var catalog protocol.ConfiguredCatalog
	require.NoError(t, json.Unmarshal(c.Catalog, &catalog))
	return catalog.Streams
}

func TestCatalogsThatAreRefused(t *testing.T) {
	t.Parallel()
	for want, catalog := range map[string]*protocol.ConfiguredCatalog{
		"has no stream": {},
		"stream a twice": catalogOf(incremental(protocol.DestinationAppend),
			incremental(protocol.DestinationAppend)),
		"has no primary_key": catalogOf(incremental(protocol.DestinationAppendDedup)),
	} {
		s := newStage(says(), echoes)
		s.sync.Catalog = catalog
		_, err := s.sync.Run(t.Context())
		require.ErrorContains(t, err, want)
		assert.Zero(t, s.shelf.saves)
	}
}

// The generations of the streams over syncs and their retries, and the state that each attempt of a
// full refresh starts from (A.9, generations). An incremental stream never has a new one.
func TestGenerations(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		resumable, registry, flag bool
		want                      [2][]int64 // by sync and attempt
		goesOn                    bool
	}{
		"a retry begins anew":          {true, true, false, [2][]int64{{1, 2}, {3, 4}}, false},
		"it goes on with the flag":     {true, true, true, [2][]int64{{1, 1}, {2, 2}}, true},
		"but not a stream that cannot": {false, true, true, [2][]int64{{1, 2}, {3, 4}}, false},
		"nor where there are none":     {true, false, true, [2][]int64{{0, 0}, {0, 0}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				full := fullRefresh("a", protocol.DestinationOverwrite)
				full.Stream.IsResumable = k.resumable
				other := incremental(protocol.DestinationAppend)
				other.Stream.Name = "b"
				store := platform.FileStore(filepath.Join(t.TempDir(), "state.json"))
				for n, want := range k.want {
					attempt := 0
					s := newStage(func(p *puppet) int {
						p.say(status("a", "STARTED", ""), record1, state("a", `{"page":7}`),
							state("b", `{"i":1}`))
						attempt++
						return 2 - attempt // the first one fails
					}, echoes)
					s.sync.Store, s.sync.Catalog = store, catalogOf(full, other)
					s.sync.SupportsRefreshes, s.sync.ResumeFullRefresh = k.registry, k.flag
					s.sync.Attempts = 2
					s.run(t.Context(), t, platform.Succeeded, 0)
					for i, generation := range want {
						call := s.destination.calls[i]
						if k.registry {
							assert.Equal(t, generation, *firstStream(t, call).GenerationID)
							assert.EqualValues(t, n+1, *firstStream(t, call).SyncID)
							assert.Zero(t, *streamsOf(t, call)[1].GenerationID)
						}
						states := string(s.source.calls[i].State)
						assert.Equal(t, k.goesOn && i > 0, strings.Contains(states, `"page":7`))
						assert.Equal(t, n+i > 0, strings.Contains(states, `{"i":1}`))
					}
				}
			})
		})
	}
}
