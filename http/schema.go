package http

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	nethttp "net/http"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// SchemaFrom is a schema that the API knows. r is sent when discover asks for the schema, several
// at once where many streams have one, with all that requests of the client get. convert makes the
// JSON schema of the answer, which may have up to 32 MiB; nil says that the answer is one.
func SchemaFrom(
	c *Client, r *Request, convert func(body []byte) (json.RawMessage, error),
) sources.Schema {
	return func(ctx context.Context) (json.RawMessage, error) {
		body, err := c.whole(ctx, r)
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

// whole sends a request and returns the whole body of the answer. A body that breaks off is asked
// for again.
func (c *Client) whole(ctx context.Context, r *Request) (body []byte, err error) {
	_, err = c.do(ctx, r, func(resp *nethttp.Response) error {
		defer func() { _ = resp.Body.Close() }()
		body, err = io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
		switch {
		case err != nil && ctx.Err() != nil:
			return err
		case err != nil:
			return &failure{err: protocol.AsError(err), retry: true}
		case len(body) > maxPage:
			return &failure{err: protocol.Errorf(protocol.SystemError,
				"%s: the answer is larger than %d MiB",
				describe(resp.Request.Method, resp.Request.URL), maxPage>>20)}
		}
		return nil
	})
	return body, err
}
