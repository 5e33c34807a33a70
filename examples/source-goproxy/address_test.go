package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestFirstURL(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		"https://a.example.com":                       "https://a.example.com",
		"https://a.example.com,https://b.example.com": "https://a.example.com",
		"https://a.example.com|direct\n":              "https://a.example.com",
		"direct,https://a.example.com/go":             "https://a.example.com/go",
		" , a.example.com":                            "https://a.example.com",
	} {
		got, err := firstURL(list)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestFirstURLOfNone(t *testing.T) {
	t.Parallel()
	for list, says := range map[string]string{
		"direct":                    "(direct)",
		"off":                       "(off)",
		"off,https://a.example.com": "(off)",
		"":                          "GOPROXY is not set",
		" \n":                       "GOPROXY is not set",
	} {
		_, err := firstURL(list)
		require.Error(t, err)
		assert.Contains(t, err.Error(), says)
		assert.Contains(t, err.Error(), `Fill in "proxy_url"`)
		assert.Equal(t, protocol.ConfigError, protocol.AsError(err).Type)
	}
}

func TestProxyURL(t *testing.T) {
	t.Setenv("GOPROXY", "https://of-the-environment.example.com,direct")

	got, err := proxyURL(t.Context(), Config{ProxyURL: "https://of-the-config.example.com"})
	require.NoError(t, err)
	assert.Equal(t, "https://of-the-config.example.com", got)

	got, err = proxyURL(t.Context(), Config{})
	require.NoError(t, err)
	assert.Equal(t, "https://of-the-environment.example.com", got)

	t.Setenv("PATH", t.TempDir()) // no go command
	got, err = proxyURL(t.Context(), Config{})
	require.NoError(t, err)
	assert.Equal(t, "https://of-the-environment.example.com", got)

	t.Setenv("GOPROXY", "")
	_, err = proxyURL(t.Context(), Config{})
	assert.ErrorContains(t, err, "no go command")
}
