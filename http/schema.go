package http

import (
	"context"
	"encoding/json"
	"fmt"
	nethttp "net/http"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// SchemaFrom is a schema that the API knows. r is sent when discover asks for the schema, or a read
// that logs at debug level, several at once where many streams have one, with all that requests of
// the client get. convert makes the JSON schema of the answer, which may have up to 32 MiB; nil
// says that the answer is one.
func SchemaFrom(
	c *Client, r *Request, convert func(body []byte) (json.RawMessage, error),
) sources.Schema {
	return func(ctx context.Context) (json.RawMessage, error) {
		var body []byte
		_, err := c.do(ctx, r, func(resp *nethttp.Response) (err error) {
			body, err = readWhole(resp, maxPage, askForLess)
			return err
		})
		if err != nil {
			return nil, err
		}
		if convert != nil {
			if body, err = convert(body); err != nil {
				return nil, fmt.Errorf("the schema that the API describes: %w", err)
			}
		}
		if isObject, _ := jsonraw.EmptyObject(body); !isObject || jsonraw.Valid(body) != nil {
			return nil, protocol.Errorf(protocol.SystemError, "What the API says at %s is no JSON "+
				"schema.", quote(redact(r.Path)))
		}
		return body, nil
	}
}
