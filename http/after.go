package http

import (
	"strconv"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// After asks for the records after the last one of the page before: ?starting_after=KEY. The end is
// an empty page, or a short one when Size is known, unless More says it.
//
// Its tokens are [Stable]: a key means the same tomorrow.
type After struct {
	// Field is the dotted path of the key in a record, as the API sends it: before any Edits;
	// required.
	Field string
	// Param is the parameter that takes the key; required.
	Param string
	// Size is the number of records on a full page. Zero means unknown: one more, empty page is
	// read.
	Size int
	// SizeParam is the parameter that asks for Size records. Empty: it is not sent.
	SizeParam string
	// More is the dotted path of a boolean in the body that says whether a page follows. False,
	// null and missing are the end, and so is an empty page.
	More string
}

// Want implements [Paginator].
func (a After) Want() []string { return wanted(a.More) }

// Apply implements [Paginator].
func (a After) Apply(r *Request, token string) {
	if token != "" {
		r.Query.Set(a.Param, token)
	}
	setSize(r, a.SizeParam, a.Size)
}

// Next implements [Paginator].
func (a After) Next(p Page) (string, error) {
	last, err := end{more: a.More, size: a.Size}.reached(p, 0)
	if err != nil || last || p.Count == 0 {
		return "", err
	}
	raw, ok := jsonraw.Member(p.Last, splitPath(a.Field))
	switch {
	case p.Last == nil:
		return "", protocol.Errorf(protocol.SystemError, "The last record of a page is larger "+
			"than %d MiB, so the After of the stream cannot look for its key %q.", maxLast>>20,
			a.Field)
	case !ok || len(raw) == 0:
		return "", protocol.Errorf(protocol.SystemError, "The last record of a page has no %q, "+
			"after which the next page is asked for. Check the Field of the stream's After.",
			a.Field)
	case isDigit(raw[0]):
		return string(raw), nil
	}
	key, ok := jsonraw.Unquote(raw)
	if !ok || key == "" {
		return "", protocol.Errorf(protocol.SystemError, "The key %q of the last record on a page "+
			"is %s, after which no page can be asked for: it must be a string or a number. Check "+
			"the Field of the stream's After.", a.Field, describeKey(raw))
	}
	return key, nil
}

func describeKey(raw []byte) string {
	if string(raw) == strconv.Quote("") {
		return "empty"
	}
	return kindName(raw[0])
}

// Stable implements [Stable].
func (After) Stable() {}
