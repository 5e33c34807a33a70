package cdktest

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/internal/memhttp"
	"github.com/airbyte-go/cdk/sources"
)

// careless is a source that shows its secrets to its API in every way.
type careless struct{}

type carelessConfig struct {
	APIKey string `json:"api_key" airbyte:"secret"`
}

func (careless) Streams(_ context.Context, cfg carelessConfig) ([]sources.Stream, error) {
	api := http.NewClient("https://api.example.com/", http.Bearer(cfg.APIKey))
	return []sources.Stream{&http.Stream{
		Client: api, Name: "rows", Path: "rows", PrimaryKey: sources.Key("id"),
		Schema: sources.SchemaOf[struct {
			ID int `json:"id"`
		}](),
		Query: http.Params{"key": cfg.APIKey},
	}}, nil
}

func TestCassette(t *testing.T) {
	t.Parallel()
	const secret, given = "s3cret/key+1", "given-secret-2"
	calls := 0
	server := memhttp.Serve(t, nethttp.HandlerFunc(
		func(w nethttp.ResponseWriter, r *nethttp.Request) {
			calls++
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Set-Cookie", "session=given-secret-2")
			_, _ = fmt.Fprintf(w, `[{"id":%d,"echo":%q,"access_token":"tok-en-3","g":"given-secret-2"}]`,
				calls, r.URL.Query().Get("key"))
		}))
	path := filepath.Join(t.TempDir(), "rows")

	record := newCassette(t, path, insecure{server.Transport()}, []string{given})
	first := Read(t, careless{}, carelessConfig{secret}, record)
	require.Zero(t, first.Code, first.Errors())
	require.NoError(t, record.Stop())

	text, err := os.ReadFile(path + ".yaml")
	require.NoError(t, err)
	for _, hidden := range []string{
		secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), given,
		"tok-en-3", "Bearer", "session=",
	} {
		assert.NotContains(t, string(text), hidden)
	}
	assert.Contains(t, string(text), "key=****")

	replay := newCassette(t, path, insecure{nil}, nil)
	again := Read(t, careless{}, carelessConfig{"another-key"}, replay)
	require.Zero(t, again.Code, again.Errors())
	assert.Equal(t, 1, calls)
	assert.Equal(t,
		strings.NewReplacer(secret, "****", given, "****", "tok-en-3", "****").Replace(
			string(first.Records("rows")[0])),
		string(again.Records("rows")[0]))

	r, err := nethttp.NewRequestWithContext(t.Context(), "POST", "https://api.example.com/other?k=v",
		strings.NewReader("{}"))
	require.NoError(t, err)
	resp, err := replay.RoundTrip(r)
	if resp != nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	require.EqualError(t, err, "the cassette has no answer to POST https://api.example.com/other; "+
		"delete its file to record anew")
}

// insecure is a network in memory that speaks no TLS.
type insecure struct{ nethttp.RoundTripper }

func (i insecure) RoundTrip(r *nethttp.Request) (*nethttp.Response, error) {
	plain := r.Clone(r.Context())
	plain.URL.Scheme = "http"
	return i.RoundTripper.RoundTrip(plain)
}
