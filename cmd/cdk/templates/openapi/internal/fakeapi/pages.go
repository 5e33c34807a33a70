package fakeapi

import (
	"cmp"
	"fmt"
	nethttp "net/http"
	"strconv"
)

// kind tells how a request asks for a page.
type kind int

const (
	onePage kind = iota
	byNumber
	byOffset
	byToken // or by a link in the answer, where no parameter takes a token
	byLink  // in a header
	after   // the key of the last record
)

// pages is how the pages of a list follow each other. Paths are those of the answer.
type pages struct {
	kind   kind
	param  string
	first  int      // number of the first page
	size   string   // parameter with the size of a page
	next   []string // path of the token or the link
	number bool     // tokens are numbers
	last   []string // path of the number of pages
	total  []string // path of the number of records
	more   []string // path of whether a page follows
	key    string   // of a record
}

// defaultSize is small, so that a few records make several pages.
const defaultSize = 2

// linked is the parameter in the links to a page.
const linked = "fake_page"

// mark is what an answer says about its page.
type mark struct {
	path  []string
	value any
}

// cut returns the records on the page that a request asks for, and what the answer says about it.
func (p pages) cut(r *nethttp.Request, records []any) (page []any, marks []mark, header string) {
	size := defaultSize
	if asked, err := strconv.Atoi(r.FormValue(p.size)); err == nil && asked > 0 {
		size = asked
	}
	if p.kind == onePage {
		size = len(records) + 1
	}
	from := min(p.from(r, records, size), len(records))
	to := min(from+size, len(records))
	page, isMore := records[from:to:to], to < len(records)
	for _, m := range []mark{
		{p.more, isMore},
		{p.total, len(records)},
		{p.last, (len(records) + size - 1) / size},
		{p.next, p.token(to, isMore)},
	} {
		if len(m.path) > 0 {
			marks = append(marks, m)
		}
	}
	if p.kind == byLink && isMore {
		header = fmt.Sprintf(`<?%s=%d>; rel="next"`, linked, to)
	}
	return append([]any{}, page...), marks, header
}

// from is the number of the first record that a request asks for.
func (p pages) from(r *nethttp.Request, records []any, size int) int {
	value := r.FormValue(cmp.Or(p.param, linked))
	if p.kind == after {
		for i, record := range records {
			fields, _ := record.(map[string]any)
			if text(fields[p.key]) == value && value != "" {
				return i + 1
			}
		}
		return 0
	}
	n, err := strconv.Atoi(cmp.Or(value, strconv.Itoa(p.first)))
	if err != nil { // a mistake of the source, which should be heard of
		panic(err)
	}
	if p.kind == byNumber {
		return (n - p.first) * size
	}
	return n
}

// token is what asks for the page that begins with a record.
func (p pages) token(record int, isMore bool) any {
	switch {
	case !isMore:
		return nil
	case p.param == "":
		return fmt.Sprintf("?%s=%d", linked, record)
	case p.number:
		return record
	}
	return strconv.Itoa(record)
}
