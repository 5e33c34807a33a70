package http

import (
	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// NextToken follows a token that the API sends with a page, in the body or in a header: a cursor, a
// page number, or the URL of the next page. A token that is missing, null, false or "" is the end.
type NextToken struct {
	// At is the dotted path of the token in the body, such as "meta.next_cursor". A dot that
	// belongs to a name is written \. as in `@odata\.nextLink`. At or Header is required.
	At string
	// Header is the response header with the token, such as "X-Next-Cursor", where it is not in
	// the body.
	Header string
	// Param is the parameter that takes the token. A token that is a whole URL replaces the URL of
	// the request instead. Empty: the token is a link, whole or relative to the page it stands on.
	Param string
	// More is the dotted path of a boolean in the body that says whether a page follows, for an
	// API that sends a token with the last page, too. False, null and missing are the end.
	More string
}

// Want implements [Paginator].
func (n NextToken) Want() []string {
	if n.Header != "" {
		return wanted(n.More)
	}
	return append([]string{n.At}, wanted(n.More)...)
}

// Apply implements [Paginator].
func (n NextToken) Apply(r *Request, token string) {
	switch {
	case token == "":
	case n.Param == "" || isWholeURL(token):
		r.Path = token
	default:
		r.Query.Set(n.Param, token)
	}
}

// Next implements [Paginator].
func (n NextToken) Next(p Page) (string, error) {
	if n.More != "" {
		if more, err := flag(p, n.More); !more {
			return "", err
		}
	}
	token, err := n.token(p)
	if err != nil || token == "" || n.Param != "" {
		return token, err
	}
	return absolute(p, token)
}

func (n NextToken) token(p Page) (string, error) {
	if n.Header != "" {
		return p.Header.Get(n.Header), nil
	}
	raw := p.Values[n.At]
	if len(raw) == 0 {
		return "", nil
	}
	switch c := raw[0]; {
	case c == jsonraw.String:
		token, _ := jsonraw.Unquote(raw)
		return token, nil
	case isDigit(c):
		return string(raw), nil
	case c != jsonraw.Null && c != jsonraw.False:
		return "", protocol.Errorf(protocol.SystemError, "The next page's token at %q is %s, but "+
			"it must be a string or a number. Check the At of the stream's Pages.", n.At,
			kindName(c))
	}
	return "", nil
}

// isDigit reports whether a JSON value that begins with c is a number.
func isDigit(c byte) bool { return c == '-' || c >= '0' && c <= '9' }

// absolute resolves a link that stands on a page.
func absolute(p Page, link string) (string, error) {
	if p.URL == nil {
		return link, nil
	}
	u, err := p.URL.Parse(link)
	if err != nil {
		return "", protocol.Errorf(protocol.SystemError,
			"The link to the next page, %q, is not a URL.", redact(link))
	}
	return u.String(), nil
}
