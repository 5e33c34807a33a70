package migrating

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/protocol"
)

// The states are some that the Python kit writes, and one of a version before it.
func TestTakesOver(t *testing.T) {
	for name, state := range map[string]string{
		"plain": `{"updated_at": "2026-01-02T00:00:00Z"}`,
		"slices": `{"state_type": "date-range", "slices": [{"start": "2020-01-01T00:00:00Z",` +
			`"end": "2026-01-05T00:00:00Z", "most_recent_cursor_value": "2026-01-02T00:00:00Z"}]}`,
		"legacy": `{"last_seen": "2026-01-02"}`,
	} {
		t.Run(name, func(t *testing.T) {
			cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
				api.Pages("/v1/orders", `[{"id":3,"updated_at":"2026-01-03T00:00:00Z"}]`)
				got := cdktest.Read(t, source{}, Config{APIKey: "k"}, api,
					cdktest.StreamState("orders", state))
				require.Zero(t, got.Code, got.Errors())
				var asked []string // slices are asked for at once, in any order
				for _, r := range api.Requests() {
					asked = append(asked, r.URL.Query().Get("since"))
				}
				assert.Contains(t, asked, "2026-01-02T00:00:00Z")
			})
		})
	}
}

func TestMigrateConfig(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Pages("/v1/orders", `[]`)
		got := cdktest.Check(t, source{}, Config{}, api, cdktest.Config(`{"token": "k"}`))
		assert.Equal(t, protocol.ConnectionSucceeded, got.ConnectionStatus.Status)
		assert.Equal(t, "Bearer k", api.Requests()[0].Header.Get("Authorization"))
	})
}
