package http

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"math"
	nethttp "net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// tokenEndpoint sends the requests of the oauth2 library, with the retries and timeouts of a
// client, and turns what the endpoint answers into what the library reads. It serves one request.
type tokenEndpoint struct {
	oauth  *OAuth
	client *Client
	what   string // the request, for messages
}

// RoundTrip implements [nethttp.RoundTripper].
func (e *tokenEndpoint) RoundTrip(r *nethttp.Request) (*nethttp.Response, error) {
	form, err := takeBody(r)
	if err != nil {
		return nil, err
	}
	e.what = describe(r.Method, r.URL)
	// Of two requests for a token the second decides, so repeating one does no harm: where the
	// first has used up a refresh token unheard, the token is lost either way.
	body, _, err := e.client.fetch(r.Context(), &Request{
		Method: r.Method, Path: r.URL.String(), Header: e.header(r.Header), Body: form,
		Idempotent: true,
	})
	if refusal, ok := errors.AsType[*statusError](err); ok && refusal.isAboutRequest() {
		return newAnswer(r, refusal.status, refusal.header, refusal.body), nil
	}
	if err != nil {
		return nil, err
	}
	body, err = e.oauth.plainAnswer(body, time.Now())
	if err != nil {
		return nil, protocol.Errorf(protocol.SystemError, "%s: %w.", e.what, err)
	}
	return newAnswer(r, nethttp.StatusOK, nethttp.Header{"Content-Type": {jsonType}}, body), nil
}

// header is what the library sends, and what the author adds.
func (e *tokenEndpoint) header(h nethttp.Header) nethttp.Header {
	h = h.Clone()
	h.Set("Accept", jsonType)
	for name, values := range e.oauth.Header {
		h[nethttp.CanonicalHeaderKey(name)] = values
	}
	return h
}

// isAboutRequest tells an answer about what was sent from one that says nothing about it.
func (e *statusError) isAboutRequest() bool {
	return slices.Contains([]int{
		nethttp.StatusBadRequest, nethttp.StatusUnauthorized, nethttp.StatusForbidden,
		nethttp.StatusUnprocessableEntity,
	}, e.status)
}

func newAnswer(r *nethttp.Request, status int, h nethttp.Header, body []byte) *nethttp.Response {
	return &nethttp.Response{
		StatusCode: status, Status: statusText(status), Header: h, Request: r,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
		ProtoMajor: 1, ProtoMinor: 1,
	}
}

// plainAnswer writes an answer of whatever shape in the words of RFC 6749.
func (o *OAuth) plainAnswer(body []byte, now time.Time) ([]byte, error) {
	body = bytes.TrimSpace(body)
	if jsonraw.Valid(body) != nil {
		var err error
		if body, err = formAsJSON(body); err != nil {
			return nil, err
		}
	}
	plain := map[string]any{}
	for _, name := range []string{"error", "error_description"} {
		if text, ok := textAt(body, []string{name}); ok {
			plain[name] = text
		}
	}
	where := cmp.Or(o.TokenAt, "access_token")
	path := splitPath(where)
	beside := func(name string) []string {
		return append(slices.Clone(path[:len(path)-1]), name)
	}
	token, ok := textAt(body, path)
	if !ok && plain["error"] == nil {
		return nil, missingAt("access token", where, body)
	}
	plain["access_token"] = token
	if refresh, ok := textAt(body, beside("refresh_token")); ok {
		plain["refresh_token"] = refresh
	}
	until := beside("expires_in")
	if o.ExpiryAt != "" {
		until = splitPath(o.ExpiryAt)
	}
	if text, ok := textAt(body, until); ok {
		if life := lifeOf(text, now); life > 0 {
			plain["expires_in"] = int64(life / time.Second)
		}
	}
	return json.Marshal(plain)
}

// formAsJSON turns a form, with which some endpoints answer, into a JSON object.
func formAsJSON(body []byte) ([]byte, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil || !bytes.ContainsRune(body, '=') || bytes.ContainsAny(body, "<> \n") {
		return nil, errors.New("the answer is neither JSON nor a form. Check the URL of the " +
			"token endpoint")
	}
	object := map[string]string{}
	for name := range form {
		object[name] = form.Get(name)
	}
	return json.Marshal(object)
}

// textAt returns the string or number at a path of a JSON document, unless it is empty.
func textAt(body []byte, path []string) (text string, ok bool) {
	raw, ok := jsonraw.Member(body, path)
	if !ok || len(raw) == 0 {
		return "", false
	}
	if raw[0] == jsonraw.String {
		text, ok = jsonraw.Unquote(raw)
		return text, ok && text != ""
	}
	return string(raw), isDigit(raw[0])
}

// missingAt is the error for an answer that does not hold what it should. It lists names and no
// value.
func missingAt(what, path string, body []byte) error {
	var names []string
	for m, err := range jsonraw.Members(body) {
		if err == nil && len(names) < maxNames {
			names = append(names, m.Name)
		}
	}
	return protocol.Errorf(protocol.SystemError, "the answer has no %s at %q; its members are %q. "+
		"Correct the path in the connector", what, path, names)
}

// dateForms are the dates that APIs write. Those without a zone are in UTC.
var dateForms = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z0700",
	time.RFC1123, time.RFC1123Z,
}

// lifeOf returns how long a token is good whose end is written as text: seconds from now, a time in
// seconds or milliseconds since 1970, or a date. It is 0 where the text says nothing of use.
func lifeOf(text string, now time.Time) time.Duration {
	const firstTime, firstMilliseconds = 1e9, 1e11 // 31 years from now; 1973 in milliseconds
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		switch {
		case math.IsNaN(n) || n <= 0:
			return 0
		case n >= firstMilliseconds:
			n = n/1000 - float64(now.UnixMilli())/1000
		case n >= firstTime:
			n -= float64(now.UnixMilli()) / 1000
		}
		return secondsToWait(n)
	}
	for _, form := range dateForms {
		if at, err := time.Parse(form, text); err == nil {
			return max(at.Sub(now), 0)
		}
	}
	return 0
}
