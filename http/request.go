package http

import (
	"context"
	nethttp "net/http"
	"net/url"
	"slices"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/protocol"
)

// A Request is what [Client.Do] sends and what a [Paginator] prepares for the next page.
type Request struct {
	// Method defaults to GET, or to POST when there is a body.
	Method string
	// Path is appended to the base URL of the client. A whole URL is used as it is; it must lead to
	// the client's host. The text is sent as written, so values in it must be escaped.
	Path string
	// Query holds parameters to add. A name that the query of Path has already is left out.
	Query url.Values
	// Header holds additional headers. They do not follow a redirect to another host.
	Header nethttp.Header
	// Body is sent as JSON: []byte and json.RawMessage as they are, any other value encoded. A
	// [url.Values] is sent as a form, [Raw] as what it says, and [GraphQL] has rules of its own.
	// Nil means none.
	Body any
	// Idempotent says that sending the request twice does no harm, so that it is retried whatever
	// its method is. GET, HEAD, OPTIONS, PUT and DELETE are idempotent anyway; a POST that only
	// reads wants it said.
	Idempotent bool
	// Rules say what answers to this request mean, before the rules of the client.
	Rules []Rule
}

func isIdempotent(method string) bool {
	return slices.Contains([]string{
		nethttp.MethodGet, nethttp.MethodHead, nethttp.MethodOptions, nethttp.MethodPut,
		nethttp.MethodDelete,
	}, method)
}

// newRequest turns r into what the retry loop sends.
func (c *Client) newRequest(ctx context.Context, r *Request) (*retryablehttp.Request, error) {
	if c.fault != nil {
		return nil, c.fault
	}
	u, err := c.resolve(r.Path, r.Query)
	if err != nil {
		return nil, err
	}
	body, err := encodeBody(r.Body)
	if err != nil {
		return nil, err
	}
	method := r.Method
	if method == "" {
		method = nethttp.MethodGet
		if body.data != nil {
			method = nethttp.MethodPost
		}
	}
	var raw any // a nil slice in an interface would count as a body
	if body.data != nil {
		raw = body.data
	}
	// It would parse the URL, which has been done.
	req, err := retryablehttp.NewRequestWithContext(ctx, method, "", raw)
	if err != nil { // an empty URL is sound, so it is the method
		return nil, protocol.Errorf(protocol.SystemError, "The request method %q is not valid.",
			method)
	}
	req.URL, req.Host = u, u.Host
	return req, setHeaders(ctx, req.Header, r.Header, body)
}

func setHeaders(ctx context.Context, to, from nethttp.Header, body content) error {
	to.Set("User-Agent", hook.From(ctx).Connector+" (airbyte-go-cdk)")
	if body.data != nil {
		to.Set("Content-Type", body.contentType)
	}
	for name, values := range from {
		if !slices.ContainsFunc(values, func(v string) bool { return !validHeaderValue(v) }) {
			to[nethttp.CanonicalHeaderKey(name)] = slices.Clone(values)
			continue
		}
		return protocol.Errorf(protocol.ConfigError, "The request header %q holds a line break "+
			"or another control character. Check the value in the configuration that it comes "+
			"from.", name)
	}
	return nil
}
