package openapi

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLogins(t *testing.T) {
	t.Parallel()
	flow := func(name string) string {
		return "{type: oauth2, flows: {" + name + ": {authorizationUrl: 'https://login.example.com/a', " +
			"tokenUrl: '/token', scopes: {}}}}"
	}
	for name, test := range map[string]struct {
		schemes, security string
		want              []Credential
		says              string
	}{
		"none": {"", "[]", nil, "no way to sign in"},
		"bearer": {
			"a: {type: http, scheme: Bearer}",
			"[{a: []}]",
			[]Credential{{Kind: Bearer, Name: "a"}},
			"",
		},
		"basic": {
			"a: {type: http, scheme: basic}",
			"[{a: []}]",
			[]Credential{{Kind: Basic, Name: "a"}},
			"",
		},
		"header": {
			"a: {type: apiKey, in: header, name: X-Key}", "[{a: []}]",
			[]Credential{{Kind: HeaderKey, Name: "a", Param: "X-Key"}}, "",
		},
		"query": {
			"a: {type: apiKey, in: query, name: key}", "[{a: []}]",
			[]Credential{{Kind: QueryKey, Name: "a", Param: "key"}}, "",
		},
		"cookie": {
			"a: {type: apiKey, in: cookie, name: sid}", "[{a: []}]",
			[]Credential{{Kind: CookieKey, Name: "a", Param: "sid"}}, "",
		},
		"client credentials": {
			"a: " + flow("clientCredentials"), "[{a: [read]}]",
			[]Credential{{
				Kind: ClientCredentials, Name: "a", TokenURL: "https://shop.example.com/token",
				Scopes: []string{"read"},
			}}, "",
		},
		"refresh token": {
			"a: " + flow("authorizationCode"), "[{a: []}]",
			[]Credential{{Kind: RefreshToken, Name: "a", TokenURL: "https://shop.example.com/token"}}, "",
		},
		"two at once": {
			"a: {type: http, scheme: bearer}, b: {type: apiKey, in: header, name: X-App}",
			"[{a: [], b: []}]",
			[]Credential{
				{Kind: Bearer, Name: "a"}, {Kind: HeaderKey, Name: "b", Param: "X-App"},
			}, "",
		},
		"the first that can be used": {
			"a: {type: http, scheme: digest}, b: {type: http, scheme: basic}, " +
				"c: {type: http, scheme: bearer}",
			"[{a: []}, {}, {b: []}]", []Credential{{Kind: Basic, Name: "b"}}, `"a" (http digest) is none`,
		},
		"nothing asks for it": {
			"a: {type: http, scheme: bearer}", "[]", []Credential{{Kind: Bearer, Name: "a"}},
			"No operation says how to sign in; a is the first",
		},
		"the whole header": {
			"a: {type: apiKey, in: header, name: Authorization}", "[{a: []}]",
			[]Credential{{Kind: HeaderKey, Name: "a", Param: "Authorization"}}, "such as Bearer",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, err := readAll("shop.yaml", head+"security: "+test.security+"\n"+things+
				"components: {securitySchemes: {"+test.schemes+"}}\n")
			require.NoError(t, err)
			assert.Equal(t, test.want, api.Login)
			assert.Contains(t, strings.Join(api.Notes, "\n"), test.says)
		})
	}
}

func TestServers(t *testing.T) {
	t.Parallel()
	for servers, want := range map[string]struct{ base, path, says string }{
		"[]":                                    {"", "", "names no server"},
		"[{url: /api/v3/}]":                     {"", "/api/v3", "only the path"},
		"[{url: 'https://a.example.com/v1/'}]":  {"https://a.example.com/v1/", "/v1", ""},
		"[{url: '//a.example.com'}]":            {"https://a.example.com", "", ""},
		"[{url: 'https://{team}.example.com'}]": {"https://{team}.example.com", "", ""},
		"[{url: 'ftp://a.example.com'}]":        {"", "", "is none that can be used"},
		"[{url: 'https://u:p@a.example.com'}]":  {"", "", "is none that can be used"},
		"[{url: 'https://a.example.com'}, {url: 'https://b.example.com'}]": {
			"https://a.example.com", "", "names 2 servers; the first",
		},
	} {
		api, err := readAll("shop.yaml", "openapi: 3.1.0\ninfo: {title: x, version: '1'}\n"+
			"servers: "+servers+"\n"+things)
		require.NoError(t, err)
		assert.Equal(t, want.base, api.BaseURL, servers)
		assert.Equal(t, want.path, api.BasePath, servers)
		assert.Contains(t, strings.Join(api.Notes, "\n"), want.says, servers)
	}
}
