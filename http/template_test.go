package http

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// bound gives placeholders their values: name, JSON, name, JSON, and so on.
func bound(pairs ...string) bindings {
	found := values(pairs...)
	return func(name string) (string, json.RawMessage) {
		if text, ok := jsonraw.Unquote(found[name]); ok {
			return text, found[name]
		}
		return string(found[name]), found[name]
	}
}

func TestExpandPath(t *testing.T) {
	t.Parallel()
	values := bound("from", `"2024-01-01T00:00:00+01:00 a/b&c"`, "to", `".."`)
	for _, tt := range []struct{ template, want string }{
		{"records", "records"},
		{"r/{from}/x", "r/2024-01-01T00:00:00+01:00%20a%2Fb&c/x"},
		{"r/{to}/x", "r/%2E%2E/x"},
		{"r?a={from}", "r?a=2024-01-01T00%3A00%3A00%2B01%3A00+a%2Fb%26c"},
		{"r/{}/{1}/{a b}", "r/{}/{1}/{a b}"},
	} {
		got, err := expandPath(tt.template, values)
		require.NoError(t, err)
		assert.Equal(t, tt.want, got)
	}
}

func TestExpandPathNeedsItsValues(t *testing.T) {
	t.Parallel()
	for _, template := range []string{"r/{from}", "r?since={from}"} {
		_, err := expandPath(template, bound("to", "1"))
		requireError(t, err, protocol.SystemError, `The path "`+template+`" needs a value for `+
			`{from}, but this slice is open there. Give the cursor a Start, or move the value to `+
			`Query, where it is left out.`)
	}
}

func TestParamsWithoutValueAreNotSent(t *testing.T) {
	t.Parallel()
	params := Params{
		"since": "{from}", "until": "{to}", "range": "{from},{to}", "type": "a b", "empty": "",
		"filter": `{"updated":{">":"{from}"}}`,
	}
	assert.Equal(t,
		"empty=&filter=%7B%22updated%22%3A%7B%22%3E%22%3A%221%22%7D%7D&since=1&type=a+b",
		params.values(bound("from", "1")).Encode())
	assert.Empty(t, Params(nil).values(nil))
}

func TestUnknownPlaceholderIsNamed(t *testing.T) {
	t.Parallel()
	client := NewClient(base)
	for _, tt := range []struct {
		stream *Stream
		want   string
	}{
		{&Stream{Client: client, Path: "r/{form}"},
			"Stream s: its Path has the unknown placeholder {form}; known are {from} and {to}."},
		{&Stream{Client: client, Query: Params{"a": "{from}", "until": "x {until}"}},
			`Stream s: its Query["until"] has the unknown placeholder {until}; known are {from} ` +
				`and {to}.`},
		{&Stream{}, "Stream s: it has no Client."},
	} {
		tt.stream.Name, tt.stream.Schema = "s", sources.SchemaJSON([]byte(`{}`))
		_, err := tt.stream.Describe().Schema(t.Context())
		requireError(t, err, protocol.SystemError, tt.want)
	}
}

func FuzzExpandPath(f *testing.F) {
	for _, seed := range [][2]string{
		{"r/{from}/x", "a/b"}, {"{from}", ".."}, {"r?a={from}", "b&c=d#e"}, {"{from}{to}", "%2e"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, template, value string) {
		b := func(string) (string, json.RawMessage) { return value, nil }
		text, err := expandPath(template, b)
		if err != nil || strings.ContainsAny(template, "#\\") {
			return
		}
		path, query, _ := strings.Cut(text, "?")
		wantPath, wantQuery, _ := strings.Cut(template, "?")
		if strings.Count(path, "/") != strings.Count(wantPath, "/") ||
			strings.Count(query, "&") != strings.Count(wantQuery, "&") ||
			strings.Contains(text, "#") {
			t.Fatalf("%q with %q became %q", template, value, text)
		}
	})
}
