package cdktest

import (
	nethttp "net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPages(t *testing.T) {
	t.Parallel()
	const base = "https://api.example.com"
	for name, test := range map[string]struct {
		url  string
		body string
		link string
	}{
		"first": {base + "/x/?a=b+c", "one>next-page-2", base + "/x/?a=b+c&page=2"},
		"by token": {
			base + "/x/?after=next-page-2&a=b", "two>next-page-3", base + "/x/?a=b&page=3",
		},
		"by number":     {base + "/x/?page=2", "two>next-page-3", base + "/x/?page=3"},
		"token wins":    {base + "/x/?page=1&t=next-page-3", "three>", ""},
		"token in page": {base + "/x/?page=next-page-3", "three>", ""},
		"last":          {base + "/x/?page=3", "three>", ""},
		"other values": {
			"http://h:81/x/?size=2&t=&u=next-page-0", "one>next-page-2",
			"http://h:81/x/?page=2&size=2&t=&u=next-page-0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			Bubble(t, func(t *testing.T, api *API) {
				api.Pages("/x/", "one>{next}", "two>{next}", "three>{next}")
				for range 2 { // the API keeps no memory
					resp, body, err := get(t, api, test.url)
					require.NoError(t, err)
					assert.Equal(t, test.body, body)
					link := ""
					if test.link != "" {
						link = "<" + test.link + `>; rel="next"`
					}
					assert.Equal(t, link, resp.Header.Get("Link"))
					assert.Equal(t, "application/json", resp.Header.Get("Content-Type"))
				}
			})
		})
	}
}

func TestPagesAreStrict(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"/x/?page=3":             "it asks for page 3 of 2",
		"/x/?t=next-page-3":      "it asks for page 3 of 2",
		"/x/?page=0":             `its page is "0", which is neither a token nor a number from 1`,
		"/x/?page=two":           `its page is "two", which is neither`,
		"/x/?page=9999999999999": `its page is "9999999999999", which is neither`,
		"/x/y":                   "no route matches",
	} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			Bubble(t, func(t *testing.T, _ *API) {
				failures := failuresOf(t, func(tb testing.TB) {
					resp, body, err := get(t, newAPI(tb).Pages("/x/", "1", "2"), "http://api.example.com"+url)
					require.NoError(t, err)
					assert.GreaterOrEqual(t, resp.StatusCode, nethttp.StatusBadRequest)
					assert.Contains(t, body, want)
				})
				require.Len(t, failures, 1)
				assert.Contains(t, failures[0], want)
			})
		})
	}
}

func TestPagesOfHTML(t *testing.T) {
	t.Parallel()
	Bubble(t, func(t *testing.T, api *API) {
		api.Pages("/x", " <html>")
		resp, _, err := get(t, api, "http://api.example.com/x")
		require.NoError(t, err)
		assert.Contains(t, resp.Header.Get("Content-Type"), "text/html")
	})
}
