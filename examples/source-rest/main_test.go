package main

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/examples/internal/shop"
	"github.com/airbyte-go/cdk/protocol"
)

// config reads the quarter before the clock of a bubble starts.
var config = Config{
	APIKey:    shop.DefaultKey,
	StartDate: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC),
	BaseURL:   "https://shop.example.com/v1",
}

// smallShop has some records in that quarter, on pages of three.
var smallShop = shop.Options{
	Opened: time.Date(2024, 12, 24, 0, 0, 0, 0, time.UTC), Size: 60, PageSize: 3,
}

func TestReadFromAnUnkindAPI(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		unkind := smallShop
		unkind.Rate, unkind.Faults = 8, true
		server := shop.New(unkind)
		api.Handle("/", server)

		got := cdktest.Read(t, source{}, config, api)

		require.Zero(t, got.Code, got.Errors())
		assert.Equal(t, []int64{54, 55, 56, 57, 58, 59, 60}, ids(t, got.Records("customers")))
		assert.Equal(t, []int64{54, 55, 56, 57, 58, 59, 60}, ids(t, got.Records("orders")))
		assert.Equal(t, []int64{55, 56, 57, 58, 59, 60}, ids(t, got.Records("products")))
		assert.Equal(t, int64(1), server.Stats().Failed)
		assert.Equal(t, int64(1), server.Stats().BrokenOff)
		assert.NotZero(t, server.Stats().Refused)
	})
}

func TestReadAgainBringsWhatIsNew(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		first := shop.New(smallShop)
		api.Handle("/", first)
		state := cdktest.Read(t, source{}, config, api).LastState()

		later := smallShop
		later.Growth = 1
		grown := shop.New(later)
		api.Handle("/", grown)
		got := cdktest.Read(t, source{}, config, api, cdktest.State(state))

		require.Zero(t, got.Code, got.Errors())
		for _, stream := range shop.Collections() {
			found := ids(t, got.Records(stream))
			added := slices.DeleteFunc(slices.Clone(found), func(id int64) bool { return id <= 60 })
			assert.Len(t, added, grown.Count(stream)-first.Count(stream), stream)
			assert.Less(t, len(added), len(found), "%s: nothing that has changed came", stream)
		}
	})
}

func TestNothingIsLost(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/", shop.New(smallShop))
		cdktest.CrashEverywhere(t, source{}, config, api)
	})
}

func TestWithoutStartDateEverythingIsRead(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/", shop.New(smallShop))
		all := config
		all.StartDate = time.Time{}

		got := cdktest.Read(t, source{}, all, api, cdktest.Incremental("orders"))

		assert.Len(t, got.Records("orders"), 60)
		assert.Empty(t, got.Records("customers"))
	})
}

func TestCheck(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/", shop.New(smallShop))
		got := cdktest.Check(t, source{}, config, api)
		assert.Equal(t, protocol.ConnectionSucceeded, got.ConnectionStatus.Status)

		wrong := config
		wrong.APIKey = "guessed-key"
		got = cdktest.Check(t, source{}, wrong, api)
		assert.Equal(t, protocol.ConnectionFailed, got.ConnectionStatus.Status)
		assert.Contains(t, got.ConnectionStatus.Message, "the API key is not known")
		assert.NotContains(t, got.ConnectionStatus.Message, "guessed-key")
	})
}

// The types in record.go say what the API sends, no more and no less.
func TestSchemasFitTheRecords(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/", shop.New(smallShop))
		records := cdktest.Read(t, source{}, config, api)
		for _, stream := range cdktest.Discover(t, source{}, config).Catalog.Streams {
			var schema struct{ Properties map[string]any }
			require.NoError(t, json.Unmarshal(stream.JSONSchema, &schema))
			var record map[string]any
			require.NoError(t, json.Unmarshal(records.Records(stream.Name)[0], &record))
			assert.ElementsMatch(t, keys(schema.Properties), keys(record), stream.Name)
		}
	})
}

// ids are the sorted ids of records: the slices of a stream are read at once and end in any order.
func ids(t *testing.T, records []json.RawMessage) (ids []int64) {
	t.Helper()
	for _, raw := range records {
		var record struct{ ID int64 }
		require.NoError(t, json.Unmarshal(raw, &record))
		ids = append(ids, record.ID)
	}
	slices.Sort(ids)
	return ids
}

func keys(m map[string]any) (names []string) {
	for name := range m {
		names = append(names, name)
	}
	return names
}
