package http

import (
	"context"
	"fmt"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestRequestAsTheAPISeesIt(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %s %s %v", r.Method, r.Host, r.URL, string(body))
	}, func(b *bundle) {
		c := NewClient(base)
		for _, tt := range []struct {
			request Request
			want    string
		}{
			{Request{Path: "a%2Fb", Query: url.Values{"x": {"1 2"}}},
				"GET api.example.com /v1/a%2Fb?x=1+2 "},
			{Request{Path: "q", Body: map[string]string{"a": "<b>"}},
				"POST api.example.com /v1/q {\"a\":\"<b>\"}\n"},
			{Request{Method: "PUT", Body: []byte(`[1]`)}, "PUT api.example.com /v1 [1]"},
		} {
			text, err := b.do(c, &tt.request)
			require.NoError(b, err)
			assert.Equal(b, tt.want, text)
		}
		assert.Equal(b, "source-test (airbyte-go-cdk)", b.arrivals()[0].Header.Get("User-Agent"))
		assert.Equal(b, "application/json", b.arrivals()[1].Header.Get("Content-Type"))
		_, err := b.do(c, &Request{Header: nethttp.Header{"user-agent": {"mine"}}})
		require.NoError(b, err)
		assert.Equal(b, []string{"mine"}, b.arrivals()[3].Header["User-Agent"])
	})
}

func TestRequestsThatCannotBeSent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		request Request
		kind    protocol.FailureType
		want    string
	}{
		{Request{Body: strings.NewReader("x")}, protocol.SystemError,
			"The request body is a *strings.Reader, which cannot be sent twice. Pass its bytes " +
				"instead."},
		{Request{Body: func() {}}, protocol.SystemError,
			"The request body has no JSON form: json: unsupported type: func()"},
		{Request{Method: "NO METHOD"}, protocol.SystemError, `The request method "NO METHOD" is ` +
			`not valid.`},
		{Request{Path: "a%zz?key=SECRET"}, protocol.SystemError,
			`The request path "https://api.example.com/v1/a%zz?..." is not valid. Check the path ` +
				`of the stream.`},
		{Request{Header: nethttp.Header{"X-Team": {"a\nb"}}}, protocol.ConfigError,
			`The request header ` +
				`"X-Team" holds a line break or another control character. Check the value in ` +
				`the configuration that it comes from.`},
	} {
		_, err := NewClient(base).Do(t.Context(), &tt.request)
		requireError(t, err, tt.kind, tt.want)
	}
	_, err := NewClient(base, Bearer("one\ntwo")).Do(t.Context(), &Request{})
	requireError(t, err, protocol.ConfigError, `The credential for the header "Authorization" `+
		`holds a line break or another control character. Enter it again in the configuration.`)
}

func TestAuthentication(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		base   string
		option Option
		header string
		want   string
		query  string
	}{
		{base, Bearer(" t0ken\n"), "Authorization", "Bearer t0ken", "a=1"},
		{base, Bearer(" "), "Authorization", "", "a=1"},
		{base, Basic("user", "pass word"), "Authorization", "Basic dXNlcjpwYXNzIHdvcmQ=", "a=1"},
		{base, Basic("", ""), "Authorization", "", "a=1"},
		{"https://user:pass%20word@api.example.com/", Retries(1), "Authorization",
			"Basic dXNlcjpwYXNzIHdvcmQ=", "a=1"},
		{base, HeaderKey("X-Api-Key", " key "), "X-Api-Key", "key", "a=1"},
		{base, HeaderKey("X-Api-Key", ""), "X-Api-Key", "", "a=1"},
		{base, QueryKey("api_key", "k&y"), "Authorization", "", "a=1&api_key=k%26y"},
		{base, QueryKey("api_key", ""), "Authorization", "", "a=1"},
	} {
		bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
			if n == 1 {
				w.WriteHeader(503) // each attempt is signed
			}
		}, func(b *bundle) {
			_, err := b.get(NewClient(tt.base, tt.option), "records?a=1")
			require.NoError(b, err)
			for _, call := range b.arrivals() {
				assert.Equal(b, tt.want, call.Header.Get(tt.header))
				assert.Equal(b, tt.query, call.URL.RawQuery)
			}
		})
	}
}

func TestCredentialsStayWithTheirHost(t *testing.T) {
	t.Parallel()
	for _, target := range []string{
		"https://files.example.net/x", "http://api.example.com/x", "https://api.example.com:8443/x",
	} {
		bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
			if n == 1 {
				nethttp.Redirect(w, r, target, nethttp.StatusFound)
				return
			}
			_, _ = io.WriteString(w, "file")
		}, func(b *bundle) {
			c := NewClient(base, Bearer("SECRET"), HeaderKey("X-Api-Key", "SECRET"),
				QueryKey("api_key", "SECRET"))
			text, err := b.do(c, &Request{
				Path: "export", Query: url.Values{"signature": {"SECRET"}},
				Header: nethttp.Header{"X-Tenant": {"SECRET"}, "Accept": {"text/csv"}},
			})
			require.NoError(b, err)
			assert.Equal(b, "file", text)
			assert.Equal(b, "Bearer SECRET", b.arrivals()[0].Header.Get("Authorization"))
			assert.Equal(b, "api_key=SECRET", strings.Split(b.arrivals()[0].URL.RawQuery, "&")[1])
			assert.NotContains(b, fmt.Sprint(b.arrivals()[1].Header, b.arrivals()[1].URL), "SECRET")
			assert.Equal(b, "text/csv", b.arrivals()[1].Header.Get("Accept"))
		})
	}
}

func TestABodyStaysWithItsHost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status int
		target string
		want   string
	}{
		{307, "https://files.example.net/x", "no answer: it redirects a request with a body to " +
			"another host, which must not get to see that. Check the URL in the configuration."},
		{308, "http://api.example.com/x", "no answer: it redirects a request with a body to"},
		{307, "/v2/search", ""},
		{303, "https://files.example.net/x", ""}, // a GET without the body
	} {
		bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
			if n == 1 {
				nethttp.Redirect(w, r, tt.target, tt.status)
				return
			}
			_, _ = io.Copy(w, r.Body)
		}, func(b *bundle) {
			text, err := b.do(NewClient(base), &Request{Path: "search", Body: []byte("SECRET")})
			if tt.want != "" {
				require.ErrorContains(b, err, tt.want)
				assert.Len(b, b.arrivals(), 1)
				return
			}
			require.NoError(b, err)
			assert.Equal(b, tt.status == 307, text == "SECRET")
		})
	}
}

func TestCredentialsFollowARedirectOnTheirHost(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		if n == 1 {
			nethttp.Redirect(w, r, "/v2/records?page=1", nethttp.StatusMovedPermanently)
		}
	}, func(b *bundle) {
		resp, err := NewClient(base, Bearer("t"), QueryKey("api_key", "SECRET")).Do(b.ctx,
			&Request{})
		require.NoError(b, err)
		require.NoError(b, resp.Body.Close())
		assert.Equal(b, "Bearer t", b.arrivals()[1].Header.Get("Authorization"))
		assert.Equal(b, "/v2/records?page=1&api_key=SECRET", b.arrivals()[1].URL.String())
		assert.Equal(b, "https://api.example.com/v2/records?page=1", resp.Request.URL.String())
		assert.NotContains(b, b.arrivals()[1].Header.Get("Referer"), "SECRET")
	})
}

func TestEndlessRedirectIsNotRetried(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		nethttp.Redirect(w, r, "/v1/records?key=SECRET", nethttp.StatusFound)
	}, func(b *bundle) {
		_, err := b.get(NewClient(base), "records")
		requireError(b, err, protocol.SystemError, "GET https://api.example.com/v1/records: no "+
			"answer: stopped after 10 redirects. Check the URL in the configuration.")
		assert.Len(b, b.arrivals(), 10)
	})
}

func TestLimitChargesEachAttempt(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if n%2 == 1 {
			w.WriteHeader(503)
		}
	}, func(b *bundle) {
		c := NewClient(base, Limit(6, time.Minute))
		for range 3 {
			_, err := b.get(c, "records")
			require.NoError(b, err)
		}
		for i, call := range b.arrivals() {
			assert.InDelta(b, 10*i, call.after.Seconds(), 0.001)
		}
		assert.Len(b, b.arrivals(), 6)
	})
	assert.PanicsWithValue(t, "http.Limit(0, 1s): both must be positive", func() {
		Limit(0,
			time.Second)
	})
	assert.PanicsWithValue(t, "http.Limit(1, 0s): both must be positive", func() { Limit(1, 0) })
}

func TestLimitThatLeavesNoTime(t *testing.T) {
	t.Parallel()
	bubble(t, func(nethttp.ResponseWriter, *nethttp.Request, int) {}, func(b *bundle) {
		c := NewClient(base, Limit(1, time.Hour))
		_, err := b.get(c, "records")
		require.NoError(b, err)
		ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
		defer cancel()
		_, err = c.Do(ctx, &Request{Path: "records"})
		requireError(b, err, protocol.TransientError, "GET https://api.example.com/v1/records: "+
			"no answer: the rate limit leaves no time for the request: context deadline "+
			"exceeded. Raise the rate limit or the timeout.")
		assert.Equal(b, b.start, time.Now())
	})
}

func TestClientsShareNothingButKeepAPool(t *testing.T) {
	t.Parallel()
	pool, ok := NewClient(base, Timeouts{TLS: -1}).pool.(*nethttp.Transport)
	require.True(t, ok)
	assert.True(t, pool.ForceAttemptHTTP2)
	assert.NotNil(t, pool.Proxy)
	assert.Zero(t, pool.TLSHandshakeTimeout)
	assert.Greater(t, pool.MaxIdleConnsPerHost, 10)
	assert.Positive(t, pool.HTTP2.PingTimeout)
}

// The handshake needs a real one, so this is the one test with sockets.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter,
		r *nethttp.Request) {
		_, _ = io.WriteString(w, r.Proto)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	c := NewClient(server.URL)
	pool := c.pool.(*nethttp.Transport)
	pool.TLSClientConfig = server.Client().Transport.(*nethttp.Transport).TLSClientConfig.Clone()
	pool.TLSClientConfig.NextProtos = nil // the client's own transport must offer it
	resp, err := c.Do(t.Context(), &Request{})
	require.NoError(t, err)
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	pool.CloseIdleConnections()
	assert.Equal(t, "HTTP/2.0", string(text))
}
