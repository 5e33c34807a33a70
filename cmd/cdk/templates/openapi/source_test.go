package main

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"

	"github.com/airbyte-go/cdk/cmd/cdk/templates/openapi/internal/fakeapi"
)

// fakeConfig is the config for the fake API, which receives whatever is sent to any host.
func fakeConfig(t *testing.T) (cfg Config) {
	t.Helper()
	text, err := os.ReadFile("config.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &cfg))
	return cfg
}

func TestEveryStreamHasRecords(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/", fakeapi.New())
		cfg := fakeConfig(t)
		streams, err := source{}.Streams(t.Context(), cfg)
		require.NoError(t, err)

		got := cdktest.Read(t, source{}, cfg, api)

		require.Zero(t, got.Code, got.Errors())
		for _, s := range streams {
			assert.NotEmpty(t, got.Records(s.Describe().Name), s.Describe().Name)
		}
	})
}

func TestReadFromAnUnkindAPI(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/", fakeapi.New()).Fail(1, 503).Fail(2, 429, "Retry-After: 600")

		got := cdktest.Read(t, source{}, fakeConfig(t), api)

		require.Zero(t, got.Code, got.Errors())
	})
}
