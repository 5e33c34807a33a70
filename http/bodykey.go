package http

import (
	"bytes"
	"context"
	"io"
	"mime"
	nethttp "net/http"
	"net/url"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// FormKey sends an API key as a field of the form in the body. A request without a body gets a form
// when its method is POST, PUT or PATCH; one with another kind of body is an error, and a GET stays
// as it is. A field of this name that the form has already is kept as well. An empty value sends
// nothing.
func FormKey(name, value string) Option {
	if value == "" {
		return nothing
	}
	field := url.Values{name: {value}}.Encode()
	return bodyKey(value, formType, func(body []byte) ([]byte, error) {
		if len(body) > 0 {
			body = append(body, '&')
		}
		return append(body, field...), nil
	})
}

// BodyKey sends an API key in the JSON object in the body, at a dotted path such as "auth.key"; a
// dot that belongs to a name is written \. as in [Field]. Objects on the way are made where they
// are missing, and a value at the path is replaced. A request without a body gets one when its
// method is POST, PUT or PATCH; one with another kind of body is an error, and a GET stays as it
// is. An empty value sends nothing.
//
// It panics when the path is empty.
func BodyKey(path, value string) Option {
	names := splitPath(path)
	if len(names) == 0 {
		panic("http.BodyKey: the path must name a member")
	}
	if value == "" {
		return nothing
	}
	return bodyKey(value, jsonType, func(body []byte) ([]byte, error) {
		if len(body) == 0 {
			body = []byte("{}")
		}
		if err := jsonraw.Valid(body); err != nil {
			return nil, protocol.Errorf(protocol.SystemError, "The body of the request is not "+
				"valid JSON, so the API key has no place in it: %w", err)
		}
		keyed, err := jsonraw.Replace(body, names, jsonraw.AppendString(nil, value))
		if err != nil {
			return nil, protocol.Errorf(protocol.SystemError, "The API key does not fit into the "+
				"body of the request at %q: %w", path, err)
		}
		return keyed, nil
	})
}

// bodyKey returns the option that puts a secret into bodies of a content type.
func bodyKey(secret, contentType string, put func(body []byte) ([]byte, error)) Option {
	return optionFunc(func(c *Client) {
		c.hide(secret)
		c.auth = append(c.auth, bodySigner{contentType, put})
	})
}

// bodySigner is an authenticator that rewrites the body.
type bodySigner struct {
	contentType string
	put         func(body []byte) ([]byte, error)
}

func (s bodySigner) authenticate(_ context.Context, r *nethttp.Request) error {
	empty := r.Body == nil || r.Body == nethttp.NoBody
	if empty && !takesBody(r.Method) {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != s.contentType && (!empty || kind != "") {
		return protocol.Errorf(protocol.SystemError, "The API key belongs into a body of type %s, "+
			"but the request has one of type %q. Give the request such a body, or send the key "+
			"another way.", s.contentType, kind)
	}
	body, err := takeBody(r)
	if err == nil {
		body, err = s.put(body)
	}
	if err != nil {
		return err
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Header.Set("Content-Type", s.contentType)
	return nil
}

func (bodySigner) refresh(context.Context, *nethttp.Response) (bool, error) { return false, nil }

func takesBody(method string) bool {
	return method == nethttp.MethodPost || method == nethttp.MethodPut ||
		method == nethttp.MethodPatch
}

// takeBody reads and closes the body of a request.
func takeBody(r *nethttp.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer func() { _ = r.Body.Close() }()
	return io.ReadAll(r.Body)
}
