package http

import (
	"encoding/json"
	nethttp "net/http"
	"net/url"
)

// A Paginator finds the next page: [PageNumber], [Offset], [NextToken], [LinkHeader], [After], or
// an author's own. It is a value without a state of its own, so it can be tested without a server,
// and shared by all slices of a stream. [Until], [InBody], [InHeader] and [Lasting] change another.
//
// A token names a page. It is whatever the paginator makes of it: a number, a cursor, a URL. The
// empty token is the first page and, returned by Next, the end. A token that comes back within a
// slice is a loop, which [Stream] ends with an error; paginators need not look for loops.
type Paginator interface {
	// Want names the values in the body that Next needs, as dotted paths.
	Want() []string
	// Apply changes the request so that it asks for the page of the token. It is called for the
	// first page as well. r holds the path and parameters of the stream, and its maps are not nil.
	Apply(r *Request, token string)
	// Next returns the token of the page after p.
	Next(p Page) (token string, err error)
}

// A Page is what a [Paginator] learns about a page that was read.
type Page struct {
	// Token is the page's own token, empty for the first page.
	Token string
	// URL is where the page came from, redirects followed. Links are relative to it.
	URL *url.URL
	// Header is the header of the answer.
	Header nethttp.Header
	// Values holds what Want asked for, by its paths. What the body does not hold is missing.
	Values map[string]json.RawMessage
	// Count is the number of records on the page.
	Count int
	// Last is the last record on the page, before any Edits: nil on an empty page, and for a record
	// above 1 MiB. It is valid until Next returns.
	Last []byte
}

// Stable marks a [Paginator] whose tokens outlive the process: sent days later, a token still names
// the same page. A stream with such a paginator resumes in the middle of its pages. [After] is one;
// an author vouches for another with [Lasting].
type Stable interface {
	// Stable does nothing.
	Stable()
}

// Lasting marks a paginator as [Stable], for an API whose tokens are known to last: a cursor that
// holds a key and no session, say. Page numbers and offsets shift when records come and go, so they
// seldom are. States hold the tokens as they are, so a token that is a URL must not hold a secret.
func Lasting(p Paginator) Paginator { return lasting{p} }

type lasting struct{ Paginator }

// Stable implements [Stable].
func (lasting) Stable() {}

func (l lasting) unwrap() Paginator { return l.Paginator }

// isStable reports whether p, or a paginator that it wraps, is [Stable].
func isStable(p Paginator) bool {
	for p != nil {
		if _, ok := p.(Stable); ok {
			return true
		}
		w, ok := p.(wrapper)
		if !ok {
			return false
		}
		p = w.unwrap()
	}
	return false
}
