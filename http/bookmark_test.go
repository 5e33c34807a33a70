package http_test

import (
	"context"
	"io"
	nethttp "net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

type noConfig struct{}

// changesOnly is a source of one stream.
type changesOnly struct{ sources.Stream }

func (o changesOnly) Streams(context.Context, noConfig) ([]sources.Stream, error) {
	return []sources.Stream{o.Stream}, nil
}

// bookmarked is a source of an API that says on its last page where the next sync goes on.
func bookmarked(change func(s *http.Stream)) changesOnly {
	s := &http.Stream{
		Client: http.NewClient("https://api.example.com/"), Name: "changes",
		Schema: sources.SchemaJSON([]byte(`{"type":"object"}`)), Path: "changes",
		Records: http.Field("value"), Cursor: sources.TokenCursor{},
	}
	change(s)
	return changesOnly{s}
}

func stateOf(token string) cdktest.Option {
	return cdktest.State(`[{"type":"STREAM","stream":{"stream_descriptor":{"name":"changes"},` +
		`"stream_state":{"token":"` + token + `"}}}]`)
}

func lastStateOf(r *cdktest.Result) string {
	last := ""
	for _, m := range r.Messages {
		if m.Type == protocol.MessageState {
			last = string(m.State.Stream.State)
		}
	}
	return last
}

// serveByQuery serves the text of the first parameter that a request has; of none, that of "".
func serveByQuery(api *cdktest.API, texts map[string]string) {
	api.Handle("GET /changes", nethttp.HandlerFunc(func(
		w nethttp.ResponseWriter, r *nethttp.Request,
	) {
		w.Header().Set("Content-Type", "application/json")
		for param, text := range texts {
			if param != "" && r.URL.Query().Has(param) {
				if text == "gone" {
					w.WriteHeader(nethttp.StatusGone)
				}
				_, _ = io.WriteString(w, text)
				return
			}
		}
		_, _ = io.WriteString(w, texts[""])
	}))
}

// Microsoft's delta links: whole URLs, for the next page and for the next sync.
func TestDeltaLinks(t *testing.T) {
	t.Parallel()
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		source := bookmarked(func(s *http.Stream) {
			s.Pages = http.NextToken{At: `@odata\.nextLink`}
			s.Bookmark = `@odata\.deltaLink`
		})
		const base = "https://api.example.com/changes"
		serveByQuery(api, map[string]string{
			"":      `{"value":[{"id":1}],"@odata.nextLink":"` + base + `?skip=1"}`,
			"skip":  `{"value":[{"id":2}],"@odata.deltaLink":"` + base + `?delta=7"}`,
			"delta": `{"value":[{"id":3}],"@odata.deltaLink":"` + base + `?delta=7"}`,
		})
		first := cdktest.Read(t, source, noConfig{}, api)
		require.Zero(t, first.Code)
		assert.Len(t, first.Records("changes"), 2)
		assert.Equal(t, `{"token":"`+base+`?delta=7"}`, lastStateOf(first))

		second := cdktest.Read(t, source, noConfig{}, api, cdktest.State(first.LastState()))
		require.Zero(t, second.Code)
		assert.Len(t, second.Records("changes"), 1)
		assert.Equal(t, `{"token":"`+base+`?delta=7"}`, lastStateOf(second))

		cdktest.CrashEverywhere(t, source, noConfig{}, api)
	})
}

// Google's sync tokens: a parameter of their own beside that of pages, and 410 when they are old.
func TestSyncTokens(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer  string
		records int
	}{
		"known": {`{"value":[{"id":3}],"nextSyncToken":"s2"}`, 1},
		"old":   {"gone", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
				source := bookmarked(func(s *http.Stream) {
					s.Pages = http.NextToken{At: "nextPageToken", Param: "pageToken"}
					s.Bookmark, s.BookmarkParam = "nextSyncToken", "syncToken"
				})
				serveByQuery(api, map[string]string{
					"": `{"value":[{"id":1}],"nextSyncToken":"s2"}`, "syncToken": test.answer,
				})
				got := cdktest.Read(t, source, noConfig{}, api, stateOf("s1"))
				require.Zero(t, got.Code)
				assert.Len(t, got.Records("changes"), test.records)
				assert.Equal(t, `{"token":"s2"}`, lastStateOf(got))
			})
		})
	}
}

func TestBookmarkNeedsATokenCursor(t *testing.T) {
	t.Parallel()
	source := bookmarked(func(s *http.Stream) { s.Bookmark, s.Cursor = "next", nil })
	got := cdktest.Read(t, source, noConfig{})
	require.Len(t, got.Errors(), 1)
	assert.Contains(t, got.Errors()[0].Message, "goes with a sources.TokenCursor")
}
