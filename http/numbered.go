package http

import (
	"cmp"
	"strconv"

	"github.com/airbyte-go/cdk/protocol"
)

// PageNumber counts pages: ?page=1, ?page=2 and so on. What it knows of the end comes from the
// first of More, Pages and Total that is set; else the end is an empty page, or a short one when
// Size is known. A server that silently returns fewer records than Size asks for then ends the
// stream too early: give the size that it really returns, or leave Size out.
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
	// More is the dotted path of a boolean in the body that says whether a page follows. It alone
	// decides: an empty page is no end. False, null and missing are.
	More string
	// Pages is the dotted path of the number of pages in the body.
	Pages string
	// Total is the dotted path of the number of records on all pages together; needs Size.
	Total string
	// Max is the number of the last page that the API serves, however many records there are. When
	// it is passed, the slice starts again at the last cursor value; see [Stream]. Zero
	// means no such limit.
	Max int
}

// Want implements [Paginator].
func (n PageNumber) Want() []string { return wanted(n.More, n.Pages, n.Total) }

// Apply implements [Paginator].
func (n PageNumber) Apply(r *Request, token string) {
	r.Query.Set(cmp.Or(n.Param, "page"), cmp.Or(token, strconv.Itoa(n.Start)))
	setSize(r, n.SizeParam, n.Size)
}

// Next implements [Paginator].
func (n PageNumber) Next(p Page) (string, error) {
	at, err := position(p.Token, n.Start)
	if err != nil {
		return "", err
	}
	read := at - n.Start + 1 // pages
	if n.Total != "" && n.Size <= 0 {
		return "", protocol.Errorf(protocol.SystemError, "The PageNumber of the stream has a "+
			"Total but no Size, so the number of pages is unknown. Give the Size.")
	}
	last, err := n.isLast(p, read)
	if err != nil || last {
		return "", err
	}
	return capped(at+1, n.Max)
}

func (n PageNumber) isLast(p Page, read int) (bool, error) {
	if n.More == "" && n.Pages != "" {
		if pages, known, err := count(p, n.Pages); known || err != nil {
			return read >= pages, err
		}
	}
	return end{more: n.More, total: n.Total, size: n.Size}.reached(p, read*n.Size)
}

func (PageNumber) numbers() {}

// Offset counts records: ?offset=0, ?offset=100 and so on. Each page starts where the one before
// ended, however many records that had. What it knows of the end comes from the first of More and
// Total that is set; else the end is an empty page, or a short one when Size is known.
type Offset struct {
	// Param is the parameter with the offset. Defaults to "offset".
	Param string
	// Size is the number of records on a full page. Zero means unknown: one more, empty page is
	// read.
	Size int
	// SizeParam is the parameter that asks for Size records, often "limit". Empty: it is not sent.
	SizeParam string
	// More is the dotted path of a boolean in the body that says whether a page follows. It alone
	// decides; behind an empty page the offset moves on by Size. False, null and missing are the
	// end.
	More string
	// Total is the dotted path of the number of records on all pages together.
	Total string
	// Max is the largest offset that the API serves, however many records there are. When it is
	// passed, the slice starts again at the last cursor value; see [Stream]. Zero means
	// no such limit.
	Max int
}

// Want implements [Paginator].
func (o Offset) Want() []string { return wanted(o.More, o.Total) }

// Apply implements [Paginator].
func (o Offset) Apply(r *Request, token string) {
	r.Query.Set(cmp.Or(o.Param, "offset"), cmp.Or(token, "0"))
	setSize(r, o.SizeParam, o.Size)
}

// Next implements [Paginator].
func (o Offset) Next(p Page) (string, error) {
	at, err := position(p.Token, 0)
	if err != nil {
		return "", err
	}
	next := at + p.Count
	last, err := end{more: o.More, total: o.Total, size: o.Size}.reached(p, next)
	if err != nil || last {
		return "", err
	}
	if p.Count == 0 {
		next += o.Size
	}
	return capped(next, o.Max)
}

func (Offset) numbers() {}

// setSize asks for pages of a size, where the size and the name of its parameter are known.
func setSize(r *Request, param string, size int) {
	if param != "" && size > 0 {
		r.Query.Set(param, strconv.Itoa(size))
	}
}

// position returns the number that a token stands for; that of the first page is given.
func position(token string, first int) (int, error) {
	at, err := strconv.Atoi(cmp.Or(token, strconv.Itoa(first)))
	if err != nil {
		return 0, protocol.Errorf(protocol.SystemError, "The page token %q is not a number.",
			token)
	}
	return at, nil
}

// capped returns the token of a number, unless the API does not serve it.
func capped(next, most int) (string, error) {
	if most > 0 && next > most {
		return "", errCapReached
	}
	return strconv.Itoa(next), nil
}
