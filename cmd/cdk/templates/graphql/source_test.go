package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/protocol"

	"github.com/airbyte-go/cdk/cmd/cdk/templates/graphql/internal/fakeapi"
)

// config reads from the fake API, which receives whatever is sent to any host.
var config = Config{
	APIKey:    fakeapi.Key,
	StartDate: time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC),
	BaseURL:   "https://fake.example.com/graphql",
}

func TestReadFromAnUnkindAPI(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/", fakeapi.New()).Fail(1, 503).Fail(3, 429, "Retry-After: 600")

		got := cdktest.Read(t, source{}, config, api)

		require.Zero(t, got.Code, got.Errors())
		assert.Len(t, got.Records("customers"), 7)
		assert.Len(t, got.Records("invoices"), 8)
	})
}

func TestReadAgainBringsWhatIsNew(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/", fakeapi.New())
		first := cdktest.Read(t, source{}, config, api)

		second := cdktest.Read(t, source{}, config, api, cdktest.State(first.LastState()))

		require.Zero(t, second.Code, second.Errors())
		assert.Empty(t, second.Records("customers"))
		assert.Empty(t, second.Records("invoices"))
	})
}

func TestStartDate(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/", fakeapi.New())
		late := config
		late.StartDate = time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)

		got := cdktest.Read(t, source{}, late, api, cdktest.Incremental("customers"))

		require.Len(t, got.Records("customers"), 1)
		assert.Contains(t, string(got.Records("customers")[0]), "Grace Petrov")
	})
}

// Wherever the process ends, the next one goes on without losing a record.
func TestNothingIsLost(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/", fakeapi.New())
		cdktest.CrashEverywhere(t, source{}, config, api)
	})
}

func TestCheck(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/", fakeapi.New())
		got := cdktest.Check(t, source{}, config, api)
		assert.Equal(t, protocol.ConnectionSucceeded, got.ConnectionStatus.Status)

		wrong := config
		wrong.APIKey = "guessed-key"
		got = cdktest.Check(t, source{}, wrong, api)
		assert.Equal(t, protocol.ConnectionFailed, got.ConnectionStatus.Status)
		assert.Contains(t, got.ConnectionStatus.Message, "unknown API key")
	})
}
