package http

import (
	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// NextToken follows a token that the API puts into the body: a cursor, a page number, or the URL of
// the next page. A token that is missing, null, false or "" is the end.
type NextToken struct {
	// At is the dotted path of the token in the body, such as "meta.next_cursor"; required. A dot
	// that belongs to a name is written \. as in `@odata\.nextLink`.
	At string
	// Param is the parameter that takes the token. A token that is a whole URL replaces the URL of
	// the request instead. Empty: the token is a link, whole or relative to the page it stands on.
	Param string
}

// Want implements [Paginator].
func (n NextToken) Want() []string { return []string{n.At} }

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
	raw := p.Values[n.At]
	if len(raw) == 0 {
		return "", nil
	}
	token := ""
	switch c := raw[0]; {
	case c == jsonraw.String:
		token, _ = jsonraw.Unquote(raw)
	case c == '-' || c >= '0' && c <= '9':
		token = string(raw)
	case c != jsonraw.Null && c != jsonraw.False:
		return "", protocol.Errorf(protocol.SystemError, "The next page's token at %q is %s, but "+
			"it must be a string or a number. Check the At of the stream's Pages.", n.At,
			kindName(c))
	}
	if token == "" || n.Param != "" {
		return token, nil
	}
	return absolute(p, token)
}

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
