package cdktest

import (
	"io"
	nethttp "net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// get sends a GET through the fake API.
func get(t testing.TB, a *API, url string) (resp *nethttp.Response, body string, err error) {
	t.Helper()
	resp, err = (&nethttp.Client{Transport: a, Timeout: time.Hour}).Get(url)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return resp, string(text), err
}

// respond is a handler with one answer.
func respond(body string) nethttp.Handler {
	return nethttp.HandlerFunc(func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		_, _ = io.WriteString(w, body)
	})
}

func TestBubbleStartsAtItsTime(t *testing.T) {
	t.Parallel()
	Bubble(t, func(t *testing.T, api *API) {
		assert.Equal(t, "2027-01-01T00:00:00Z", time.Now().UTC().Format(time.RFC3339Nano))
		assert.Zero(t, api.Calls())
	})
}

func TestAPIRoutes(t *testing.T) {
	t.Parallel()
	Bubble(t, func(t *testing.T, api *API) {
		api.Handle("/v1/{id}", respond("any")).Handle("other.example.com/v1/{id}", respond("other"))
		_, body, err := get(t, api, "https://api.example.com/v1/7")
		require.NoError(t, err)
		assert.Equal(t, "any", body)
		_, body, err = get(t, api, "http://other.example.com/v1/7")
		require.NoError(t, err)
		assert.Equal(t, "other", body)

		api.Handle("/v1/{id}", respond("replaced"))
		_, body, err = get(t, api, "https://api.example.com/v1/7")
		require.NoError(t, err)
		assert.Equal(t, "replaced", body)
	})
}

func TestAPIRemembersRequests(t *testing.T) {
	t.Parallel()
	Bubble(t, func(t *testing.T, api *API) {
		api.Handle("POST /v1/search", respond("{}"))
		client := &nethttp.Client{Transport: api}
		resp, err := client.Post(
			"https://api.example.com/v1/search?a=1",
			"text/plain",
			strings.NewReader("query"),
		)
		require.NoError(t, err)
		_ = resp.Body.Close()
		assert.Equal(t, "https", resp.Request.URL.Scheme)
		assert.Empty(t, resp.Request.Header.Get(schemeHeader), "the client's request was changed")
		for range 2 { // each call returns copies that can be read
			requests := api.Requests()
			require.Len(t, requests, 1)
			r := requests[0]
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			assert.Equal(t, "query", string(body))
			assert.Equal(t, "POST", r.Method)
			assert.Equal(t, "api.example.com", r.Host)
			assert.Equal(t, "/v1/search?a=1", r.URL.RequestURI())
			assert.Equal(t, "https", r.Header.Get("X-Forwarded-Proto"))
			r.Header.Set("X-Forwarded-Proto", "changed")
		}
	})
}

func TestAPIIsStrict(t *testing.T) {
	t.Parallel()
	Bubble(t, func(t *testing.T, _ *API) {
		failures := failuresOf(t, func(tb testing.TB) {
			api := newAPI(tb)
			resp, body, err := get(t, api, "https://api.example.com/v1/nothing")
			require.NoError(t, err)
			assert.Equal(t, nethttp.StatusNotFound, resp.StatusCode)
			assert.Contains(t, body, "no route matches; there are: none at all.")

			api.Pages("/v1/records", "[]").Handle("POST /v1/search", respond(""))
			for range 2 { // the same failure is reported once
				_, body, err = get(t, api, "https://api.example.com/v1/search?a=1")
				require.NoError(t, err)
				assert.Contains(t, body, "there are: /v1/records, POST /v1/search.")
			}
			assert.Equal(t, 3, api.Calls())
		})
		assert.Equal(t, []string{
			"The fake API got a request it has no answer for: GET api.example.com/v1/nothing: " +
				"no route matches; there are: none at all.",
			"The fake API got a request it has no answer for: GET api.example.com/v1/search?a=1: " +
				"no route matches; there are: /v1/records, POST /v1/search.",
		}, failures)
	})
}

func TestAPIMistakes(t *testing.T) {
	t.Parallel()
	records := func(records ...string) func(a *API) {
		return func(a *API) { a.Collection("/x", Collection{Records: records}) }
	}
	for name, test := range map[string]struct {
		set  func(a *API)
		want string
	}{
		"bad pattern": {
			func(a *API) { a.Handle("no slash", nil) }, `cannot have the route "no slash"`,
		},
		"pattern in conflict": {
			func(a *API) { a.Pages("/{a}/x", "").Pages("/x/{b}", "") },
			`cannot have the route "/x/{b}"`,
		},
		"no pages": {func(a *API) { a.Pages("/x") }, "got no pages for /x"},
		"call 0":   {func(a *API) { a.Hang(0) }, "calls are counted from 1"},
		"bad header": {
			func(a *API) { a.Fail(1, 429, "Retry-After 3") }, `got the header "Retry-After 3"`,
		},
		"unused fault": {
			func(a *API) { a.Break(7) }, "planned for call 7 never happened: there were only 0",
		},
		"record is array": {records("[]"), "record 1 is not a JSON object: []"},
		"record is cut":   {records(`{}`, `{"a":`), `record 2 is not a JSON object: {"a":`},
		"negative size": {
			func(a *API) { a.Collection("/x", Collection{PageSize: -1}) }, "PageSize is negative",
		},
		"no place": {
			func(a *API) { a.Collection("/x", Collection{Page: "{}"}) }, "no place for {records}",
		},
		"no field": {func(a *API) { a.Collection("/x", Collection{Since: "s"}) }, "no Field"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			Bubble(t, func(t *testing.T, _ *API) {
				failures := failuresOf(t, func(tb testing.TB) { test.set(newAPI(tb)) })
				require.Len(t, failures, 1)
				assert.Contains(t, failures[0], test.want)
			})
		})
	}
}
