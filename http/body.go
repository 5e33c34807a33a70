package http

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"

	"github.com/airbyte-go/cdk/protocol"
)

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// Raw is the body of a [Request] that is sent as it is.
type Raw struct {
	// ContentType is the header Content-Type; required.
	ContentType string
	// Data is not changed, and must not be while the request runs.
	Data []byte
}

// content is a body as it is sent.
type content struct {
	data        []byte // nil: no body
	contentType string
}

func encodeBody(body any) (content, error) {
	switch b := body.(type) {
	case nil:
		return content{}, nil
	case []byte:
		return content{b, jsonType}, nil
	case json.RawMessage:
		return content{b, jsonType}, nil
	case url.Values:
		return content{[]byte(b.Encode()), formType}, nil
	case Raw:
		return content{b.Data, b.ContentType}, nil
	case io.Reader:
		return content{}, protocol.Errorf(protocol.SystemError,
			"The request body is a %T, which cannot be sent twice. Pass its bytes instead.", body)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return content{}, protocol.Errorf(protocol.SystemError,
			"The request body has no JSON form: %w", err)
	}
	return content{buf.Bytes(), jsonType}, nil
}
