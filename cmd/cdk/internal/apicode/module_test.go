package apicode

import (
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
)

func TestLoginsAsGo(t *testing.T) {
	t.Parallel()
	const tokenURL = "https://login.example.com/token"
	for name, test := range map[string]struct {
		login []openapi.Credential
		want  string
		fake  string
	}{
		"none": {nil, "http.NewClient(cfg.BaseURL)", "return r != nil"},
		"bearer": {
			[]openapi.Credential{{Kind: openapi.Bearer}}, "http.Bearer(cfg.AccessToken)",
			`r.Header.Get("Authorization") == "Bearer fake-access-token"`,
		},
		"basic": {
			[]openapi.Credential{{Kind: openapi.Basic}}, "http.Basic(cfg.Username, cfg.Password)",
			`isUser(r, "fake-username", "fake-password")`,
		},
		"header": {
			[]openapi.Credential{{Kind: openapi.HeaderKey, Param: "X-Key"}},
			`http.HeaderKey("X-Key", cfg.APIKey)`, `r.Header.Get("X-Key") == "fake-api-key"`,
		},
		"cookie": {
			[]openapi.Credential{{Kind: openapi.CookieKey, Param: "sid"}},
			`http.HeaderKey("Cookie", "sid="+cfg.APIKey)`,
			`r.Header.Get("Cookie") == "sid=fake-api-key"`,
		},
		"two keys": {
			[]openapi.Credential{
				{Kind: openapi.QueryKey, Param: "app"}, {Kind: openapi.QueryKey, Param: "key"},
			}, `http.QueryKey("key", cfg.APIKey2)`,
			`r.URL.Query().Get("key") == "fake-api-key-2"`,
		},
		"a refresh token": {
			[]openapi.Credential{{Kind: openapi.RefreshToken, TokenURL: tokenURL}},
			`RefreshTokenAt: "/refresh_token",`, "giveToken(w, r)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWriter(Module{API: &openapi.API{Login: test.login}})
			assert.Contains(t, string(w.main()), test.want)
			assert.Contains(t, string(w.fakeAPI()), test.fake)
			assert.NotContains(t, string(w.config(wrong)), `"fake-api-key"`)
		})
	}
}

// Whatever a stream is called, its code has names that Go, the go command and the module leave
// free.
func TestNamesAreFree(t *testing.T) {
	t.Parallel()
	var api openapi.API
	for _, name := range []string{
		"type", "main", "config", "configs", "string", "api", "http", "data_linux", "my_test",
		"acceptance_test", "source", "1_day", "new_client", "company", "companies",
		strings.Repeat("long_", 40), strings.Repeat("long_", 40) + "er",
	} {
		api.Streams = append(api.Streams, openapi.Stream{Name: name, Record: &openapi.Shape{}})
	}
	w := newWriter(Module{API: &api})
	seen, files := map[string]bool{}, map[string]bool{}
	for _, s := range api.Streams {
		for _, identifier := range []string{w.types[s.Name], w.funcs[s.Name]} {
			assert.True(t, token.IsIdentifier(identifier), identifier)
			assert.False(t, seen[identifier], identifier)
			assert.NotContains(t, identifiersTaken, identifier)
			assert.NotEqual(t, "newClient", identifier)
			seen[identifier] = true
		}
		file := w.files[s.Name]
		assert.False(t, files[file], file)
		assert.NotContains(t, filesTaken, file)
		assert.Less(t, len(file), 100)
		files[file] = true
	}
	assert.Equal(t, "data_linux_stream", w.files["data_linux"])
	assert.Equal(t, "my_test_stream", w.files["my_test"])
	assert.Equal(t, "typeStream", w.funcs["type"])
}

func TestImports(t *testing.T) {
	t.Parallel()
	text := imports("// url.X\nvar a = http.Y(\"time.Z\", `json.Q`)\nvar b = my.context.X, sources.S\n")
	assert.Contains(t, text, `"github.com/airbyte-go/cdk/http"`)
	assert.Contains(t, text, `"github.com/airbyte-go/cdk/sources"`)
	for _, name := range []string{"net/url", `"time"`, "encoding/json", `"context"`} {
		assert.NotContains(t, text, name)
	}
}
