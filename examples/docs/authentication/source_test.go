package authentication

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	nethttp "net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/protocol"
)

func TestKey(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Pages("/v1/people", `[{"name":"Ann"}]`).Authorize("X-API-Key: right-key-1")
		cfg := Config{Credentials{Key: &KeyLogin{APIKey: "right-key-1"}}}
		got := cdktest.Read(t, source{}, cfg, api)
		require.Zero(t, got.Code, got.Errors())
		assert.Len(t, got.Records("people"), 1)
	})
}

func TestWrongKey(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Pages("/v1/people", `[{"name":"Ann"}]`).Authorize("X-API-Key: right-key-1")
		cfg := Config{Credentials{Key: &KeyLogin{APIKey: "guessed"}}}
		got := cdktest.Check(t, source{}, cfg, api)
		assert.Equal(t, protocol.ConnectionFailed, got.ConnectionStatus.Status)
	})
}

// The new refresh token is saved, in its place in the config, before the access token is used.
func TestRefreshTokenOfOneUse(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Pages("/v1/people", `[{"name":"Ann"}]`)
		api.Handle("auth.example.com/token", answer(
			`{"access_token":"access","expires_in":3600,"refresh_token":"second"}`))
		cfg := Config{Credentials{OAuth: &OAuthLogin{"app", "s3cret", "first"}}}
		got := cdktest.Read(t, source{}, cfg, api)
		require.Zero(t, got.Code, got.Errors())
		saved := ""
		for _, m := range got.Messages {
			if m.Type == protocol.MessageControl {
				saved = string(m.Control.ConnectorConfig.Config)
			}
		}
		assert.Contains(t, saved, `"refresh_token":"second"`)
	})
}

func TestSpecHasTheConsent(t *testing.T) {
	t.Parallel()
	assert.Contains(t, string(cdktest.Spec(t, source{}).Spec.ConnectionSpecification), `"oneOf"`)
}

func answer(text string) nethttp.Handler {
	return nethttp.HandlerFunc(func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		fmt.Fprint(w, text)
	})
}

// get sends one request by a client with an option and returns what the API got.
func get(t *testing.T, api *cdktest.API, option http.Option) *nethttp.Request {
	t.Helper()
	ctx := http.WithTransport(context.Background(), api)
	resp, err := http.NewClient("https://api.example.com/v1/", option).
		Do(ctx, &http.Request{Path: "people"})
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	all := api.Requests()
	return all[len(all)-1]
}

func TestOptions(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Pages("/v1/people", `[]`).Pages("/v1/login", `{"session":{"id":"s3ssion"}}`)
		api.Handle("auth.example.com/token", answer(`{"access_token":"access"}`))
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		require.NoError(t, err)
		text := pem.EncodeToMemory(&pem.Block{
			Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key),
		})

		all := inHand("k3y", "ann", "s3cret")
		assert.Equal(t, "Bearer k3y", get(t, api, all[0]).Header.Get("Authorization"))
		assert.Equal(t, "Basic YW5uOnMzY3JldA==", get(t, api, all[1]).Header.Get("Authorization"))
		assert.Equal(t, "k3y", get(t, api, all[2]).Header.Get("X-Api-Key"))
		assert.Equal(t, "api_key=k3y", get(t, api, all[3]).URL.RawQuery)
		assert.Equal(t, "Bearer one",
			get(t, api, inTurns("one", "two")).Header.Get("Authorization"))
		assert.Equal(t, "s3ssion", get(t, api, login("ann", "s3cret")).Header.Get("X-Session"))
		assert.Equal(t, "Bearer access",
			get(t, api, machine("robot", string(text))).Header.Get("Authorization"))
	})
}
