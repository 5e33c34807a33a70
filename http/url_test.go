package http

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestResolve(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ base, path, want string }{
		{"https://h/v1", "records", "https://h/v1/records"},
		{"https://h/v1/", "records", "https://h/v1/records"},
		{"https://h/v1/", "/records", "https://h/v1/records"},
		{" https://h ", "records", "https://h/records"},
		{"https://h/v1", "", "https://h/v1"},
		{"https://h/v1/", "", "https://h/v1/"},
		{"https://h/v1", "?a=1", "https://h/v1?a=1"},
		{"https://h/v1", "records?a=1#top", "https://h/v1/records?a=1"},
		{"https://h/v1", "a%2Fb/..%2F", "https://h/v1/a%2Fb/..%2F"},
		{"https://h/v1", "my records", "https://h/v1/my%20records"},
		{"https://h/v1", "//evil.example/x", "https://h/v1/evil.example/x"},
		{"https://h/v1", "https://h/v2/x?c=1", "https://h/v2/x?c=1"},
		{"https://h/v1", "HTTPS://H:443/v2", "https://H:443/v2"},
		{"https://h/v1", "http://h/v2?c=1", "https://h/v2?c=1"},
		{"https://h/v1", "http://h:80/v2", "https://h/v2"},
		{"http://h/v1", "https://h/v2", "https://h/v2"},
		{"http://h:8080/v1", "http://h:8080/v2", "http://h:8080/v2"},
		{"https://u:p@h/v1", "https://x:y@h/v2", "https://h/v2"},
	} {
		u, err := NewClient(tt.base).resolve(tt.path, nil)
		if assert.NoError(t, err, tt) {
			assert.Equal(t, tt.want, u.String(), tt)
		}
	}
}

func TestResolveRefusesOtherHosts(t *testing.T) {
	t.Parallel()
	for _, link := range []string{
		"https://evil.example/v1", "https://h.evil.example/", "https://h:8443/v1",
		"http://h:8080/v1",
		"https://h@evil.example/",
	} {
		_, err := NewClient("https://h/v1").resolve(link+"?key=SECRET", nil)
		var want *protocol.Error
		require.ErrorAs(t, err, &want, link)
		assert.Equal(t, protocol.SystemError, want.Type)
		assert.Contains(t, want.Message, "leads away from the API at h")
		assert.NotContains(t, want.Message, "SECRET")
	}
}

// FuzzResolve: links come from outside, and credentials travel where they lead.
func FuzzResolve(f *testing.F) {
	for _, seed := range []string{
		"records", "https://h/v2", "http://h/", "//evil/x", "https://h@evil/", "?x",
		"https:\\\\evil",
		"HTTPS://evil", "https://h:444/", "http://h:", "../..", "https://h%2eevil/",
	} {
		f.Add(seed)
	}
	c := NewClient("https://h/v1")
	f.Fuzz(func(t *testing.T, link string) {
		u, err := c.resolve(link, url.Values{"a": {"b"}})
		if err != nil {
			return
		}
		sent, err := url.Parse(u.String())
		if err != nil || sent.Scheme != "https" || !strings.EqualFold(sent.Hostname(), "h") ||
			sent.Port() != "" && sent.Port() != "443" || sent.User != nil {
			t.Fatalf("%q leads to %q", link, u)
		}
	})
}

func TestBaseOfTheConfig(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ base, want string }{
		{"", `The API's URL "" is not valid: it must be a whole URL such as ` +
			`https://api.example.com/v1. Correct it in the configuration.`},
		{"api.example.com", `The API's URL "api.example.com" is not valid`},
		{"ftp://api.example.com", `The API's URL "ftp://api.example.com" is not valid`},
		{"https:///v1", `The API's URL "https:///v1" is not valid`},
		{"https://h:port/", `The API's URL "https://h:port/" is not valid`},
		{"https://u:SECRET/x@h:port", `The API's URL "...@h:port" is not valid`},
		{"https://h/v1?key=SECRET", `The API's URL "https://h/v1?..." must end before the first ` +
			`? or #`},
		{"https://h/v1#x", `The API's URL "https://h/v1#x" must end before the first ? or #`},
	} {
		_, err := NewClient(tt.base).Do(t.Context(), &Request{})
		var e *protocol.Error
		require.ErrorAs(t, err, &e, tt.base)
		assert.Equal(t, protocol.ConfigError, e.Type)
		assert.Contains(t, e.Message, tt.want)
		assert.NotContains(t, e.Message, "SECRET")
	}
}

func TestMergeQuery(t *testing.T) {
	t.Parallel()
	add := url.Values{"since": {"2024-01-01"}, "c d": {"x&y"}}
	for _, tt := range []struct{ raw, want string }{
		{"", "c+d=x%26y&since=2024-01-01"},
		{"cursor=a%2Bb+c;d", "cursor=a%2Bb+c;d&c+d=x%26y&since=2024-01-01"},
		{"since=2020", "since=2020&c+d=x%26y"},
		{"c%20d=1&since", "c%20d=1&since"},
		{"bad%zz=1", "bad%zz=1&c+d=x%26y&since=2024-01-01"},
	} {
		assert.Equal(t, tt.want, mergeQuery(tt.raw, add), tt.raw)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ url, want string }{
		{"https://u:SECRET@h/v1/a%2Fb?key=SECRET&since=SECRET&key=SECRET#SECRET",
			"GET https://h/v1/a%2Fb?key=...&since=..."},
		{"https://h", "GET https://h"},
		{"https://h/?a&b&c&d&e&f&g&h&i&j&k&l&m=SECRET",
			"GET https://h/?a=...&b=...&c=...&d=...&e=...&f=...&g=...&h=...&i=...&j=...&k=...&" +
				"l=...&..."},
	} {
		u, err := url.Parse(tt.url)
		require.NoError(t, err)
		assert.Equal(t, tt.want, describe("GET", u))
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{`Get "https://u:SEC@RET@h/p?key=SECRET": failed`, `Get "https://h/p?...": failed`},
		{"/v1/x?a=SECRET&b=SECRET, and /y?c=SECRET", "/v1/x?... and /y?..."},
		{"why? because=1", "why? because=1"},
		{"https://h/github.com/x/@v/list", "https://h/github.com/x/@v/list"},
	} {
		assert.Equal(t, tt.want, redact(tt.text))
	}
}
