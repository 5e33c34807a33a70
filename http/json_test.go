package http

import (
	"encoding/json"
	"io"
	nethttp "net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	const get = "GET https://api.example.com/v1/x: "
	const compare = " Compare the API's answer with what the connector expects."
	for _, tt := range []struct {
		name, contentType, body string
		want                    any
		failure                 string
	}{
		{"numbers stay exact", "", `{"id":9007199254740993,"n":1.10}`,
			map[string]any{"id": json.Number("9007199254740993"), "n": json.Number("1.10")}, ""},
		{"byte order mark", "", "\xef\xbb\xbf[1]", []any{json.Number("1")}, ""},
		{"empty", "", "", nil, get + "the answer is empty." + compare},
		{"two values", "", "{} {}", nil, get + "the answer goes on after the end of its JSON." +
			compare},
		{"web page", "text/html", "<title>Log in</title>", nil, get + `the answer is a web page ` +
			`(text/html) titled "Log in", where JSON was expected.` + compare},
		{"no JSON", "", "no", nil, get + "invalid character 'o' in literal null (expecting 'u')." +
			compare},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
				assert.Equal(t, "application/json", r.Header.Get("Accept"))
				w.Header().Set("Content-Type", tt.contentType)
				_, _ = io.WriteString(w, tt.body)
			}, func(b *bundle) {
				var got any
				err := NewClient(base).JSON(b.ctx, &Request{Path: "x"}, &got)
				if tt.failure != "" {
					requireError(b, err, protocol.SystemError, tt.failure)
					return
				}
				require.NoError(b, err)
				assert.Equal(b, tt.want, got)
			})
		})
	}
}

func TestJSONIsReadAgain(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		switch n {
		case 1:
			breakOff(w, `{"id":`)
		case 2:
			respond(w, 200, `{"id":`)
		case 3:
			respond(w, 200, `{"id":7}`)
		case 4:
			w.WriteHeader(204)
		default:
			respond(w, 200, `"`+strings.Repeat("x", maxPage)+`"`)
		}
	}, func(b *bundle) {
		c := NewClient(base)
		var got struct{ ID int }
		require.NoError(b, c.JSON(b.ctx, &Request{Path: "x"}, &got))
		assert.Equal(b, 7, got.ID)
		assert.Len(b, b.arrivals(), 3)
		require.NoError(b, c.JSON(b.ctx, &Request{Path: "x"}, &got))
		assert.Equal(b, 7, got.ID)
		err := c.JSON(b.ctx, &Request{Path: "x"}, &got)
		requireError(b, err, protocol.SystemError, "GET https://api.example.com/v1/x: the answer "+
			"has more than 32 MiB. Ask for less at once, or read it with Do.")
	})
}
