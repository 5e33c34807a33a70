package http

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"

	"github.com/airbyte-go/cdk/protocol"
)

// JSON sends r and decodes the answer into v, as [encoding/json.Unmarshal] does. Numbers stay
// exact: where v leaves their type open they become a [json.Number]. An answer with the status 204
// leaves v as it is.
//
// It is [Client.Do] for sources written by hand. The body is read within the retries, so one that
// breaks off is asked for again; it may have 32 MiB.
func (c *Client) JSON(ctx context.Context, r *Request, v any) error {
	asked := *r
	asked.Header = r.Header.Clone()
	if asked.Header == nil {
		asked.Header = nethttp.Header{}
	}
	if asked.Header.Get("Accept") == "" {
		asked.Header.Set("Accept", jsonType)
	}
	_, err := c.do(ctx, &asked, func(resp *nethttp.Response) error { return decode(resp, v) })
	return err
}

// askForLess is the remedy for an answer that is larger than a page may be.
const askForLess = "Ask for less at once, or read it with Do."

// readWhole reads an answer of at most so many bytes to its end and closes it. Its error is one for
// the retry loop; remedy is what helps against a larger answer.
func readWhole(resp *nethttp.Response, most int64, remedy string) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	_ = resp.Body.Close()
	switch {
	case err != nil && resp.Request.Context().Err() != nil:
		return nil, err
	case err != nil:
		own := protocol.AsError(err)
		return nil, &failure{err: own, retry: own.Type == protocol.TransientError}
	case int64(len(text)) > most:
		return nil, protocol.Errorf(protocol.SystemError, "%s: the answer has more than %d MiB. %s",
			describe(resp.Request.Method, resp.Request.URL), most>>20, remedy)
	}
	return bytes.TrimPrefix(text, byteOrderMark), nil
}

// decode reads the JSON of an answer.
func decode(resp *nethttp.Response, v any) error {
	text, err := readWhole(resp, maxPage, askForLess)
	if err != nil || resp.StatusCode == nethttp.StatusNoContent {
		return err
	}
	what := describe(resp.Request.Method, resp.Request.URL)
	err = unmarshal(text, v)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &failure{retry: true, err: protocol.Errorf(protocol.TransientError,
			"%s: the JSON of the answer ends early: %w", what, err)}
	}
	if err == nil {
		return nil
	}
	if contentType := resp.Header.Get("Content-Type"); isHTML(contentType, text) {
		err = fmt.Errorf("the answer is %s, where JSON was expected",
			describePage(contentType, text))
	}
	return protocol.Errorf(protocol.SystemError, "%s: %w. Compare the API's answer with what the "+
		"connector expects.", what, err)
}

// unmarshal is [json.Unmarshal] with exact numbers.
func unmarshal(text []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	err := dec.Decode(v)
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("the answer is empty")
	case err != nil:
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the answer goes on after the end of its JSON")
	}
	return nil
}
