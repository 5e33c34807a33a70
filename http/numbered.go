package http

import (
	"cmp"
	"strconv"

	"github.com/airbyte-go/cdk/protocol"
)

// PageNumber counts pages: ?page=1, ?page=2 and so on, until an empty page, or a short one when
// Size is known. A server that silently returns fewer records than Size asks for ends the stream
// too early: give the size that it really returns, or leave Size out.
type PageNumber struct {
	// Param is the parameter with the number. Defaults to "page".
	Param string
	// Start is the number of the first page, as the API counts: usually 0 or 1. Defaults to 0.
	Start int
	// Size is the number of records on a full page. Zero means unknown: one more, empty page is
	// read.
	Size int
	// SizeParam is the parameter that asks for Size records. Empty: it is not sent.
	SizeParam string
}

// Want implements [Paginator].
func (PageNumber) Want() []string { return nil }

// Apply implements [Paginator].
func (n PageNumber) Apply(r *Request, token string) {
	r.Query.Set(cmp.Or(n.Param, "page"), cmp.Or(token, strconv.Itoa(n.Start)))
	setSize(r, n.SizeParam, n.Size)
}

// Next implements [Paginator].
func (n PageNumber) Next(p Page) (string, error) {
	if isEnd(p.Count, n.Size) {
		return "", nil
	}
	return advance(p.Token, n.Start, 1)
}

// Offset counts records: ?offset=0, ?offset=100 and so on. Each page starts where the one before
// ended, however many records that had; an empty page ends the stream, or a short one when Size is
// known.
type Offset struct {
	// Param is the parameter with the offset. Defaults to "offset".
	Param string
	// Size is the number of records on a full page. Zero means unknown: one more, empty page is
	// read.
	Size int
	// SizeParam is the parameter that asks for Size records, often "limit". Empty: it is not sent.
	SizeParam string
}

// Want implements [Paginator].
func (Offset) Want() []string { return nil }

// Apply implements [Paginator].
func (o Offset) Apply(r *Request, token string) {
	r.Query.Set(cmp.Or(o.Param, "offset"), cmp.Or(token, "0"))
	setSize(r, o.SizeParam, o.Size)
}

// Next implements [Paginator].
func (o Offset) Next(p Page) (string, error) {
	if isEnd(p.Count, o.Size) {
		return "", nil
	}
	return advance(p.Token, 0, p.Count)
}

// isEnd reports whether a page of count records is the last: it is empty, or shorter than the size
// that was asked for.
func isEnd(count, size int) bool { return count == 0 || count < size }

// setSize asks for pages of a size, where the size and the name of its parameter are known.
func setSize(r *Request, param string, size int) {
	if param != "" && size > 0 {
		r.Query.Set(param, strconv.Itoa(size))
	}
}

// advance returns the token that lies by steps after the given one, the first page being at first.
func advance(token string, first, by int) (string, error) {
	current, err := strconv.Atoi(cmp.Or(token, strconv.Itoa(first)))
	if err != nil {
		return "", protocol.Errorf(protocol.SystemError, "The page token %q is not a number.",
			token)
	}
	return strconv.Itoa(current + by), nil
}
