package http

import (
	"encoding/json"
	"errors"
	"io"
	nethttp "net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestSchemaFrom(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		switch {
		case n == 1:
			respond(w, 503, "")
		case n == 2:
			breakOff(w, `{"type":`)
		case strings.HasSuffix(r.URL.Path, "large"):
			_, _ = io.WriteString(w, strings.Repeat(" ", maxPage+1))
		default:
			respond(w, 200, `{"type":"object"}`)
		}
	}, func(b *bundle) {
		c := NewClient(base)
		schema, err := SchemaFrom(c, &Request{Path: "schema"}, nil)(b.ctx)
		require.NoError(b, err)
		assert.JSONEq(b, `{"type":"object"}`, string(schema))
		assert.Len(b, b.arrivals(), 3)

		no := errors.New("no fields")
		_, err = SchemaFrom(c, &Request{Path: "x"}, func([]byte) (json.RawMessage, error) {
			return nil, no
		})(b.ctx)
		require.ErrorIs(b, err, no)
		_, err = SchemaFrom(c, &Request{Path: "x?key=SECRET"}, func([]byte) (json.RawMessage,
			error) {
			return json.RawMessage(`[]`), nil
		})(b.ctx)
		requireError(b, err, protocol.SystemError,
			`What the API says at "x?..." is no JSON schema.`)
		_, err = SchemaFrom(c, &Request{Path: "large"}, nil)(b.ctx)
		requireError(b, err, protocol.SystemError,
			"GET https://api.example.com/v1/large: the answer has more than 32 MiB. Ask for "+
				"less at once, or read it with Do.")
	})
}
