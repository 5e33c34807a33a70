package http

import (
	"slices"
	"strconv"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// end is by what a paginator that cannot see the next page knows the last.
type end struct {
	more  string // path of a boolean, which alone decides
	total string // path of the number of records
	size  int    // of a full page, 0 if unknown
}

// reached reports whether the slice ends with the page, up to which read records were read.
func (e end) reached(p Page, read int) (bool, error) {
	if e.more != "" {
		more, err := flag(p, e.more)
		return !more, err
	}
	if e.total != "" {
		if total, known, err := count(p, e.total); known || err != nil {
			return p.Count == 0 || read >= total, err
		}
	}
	return p.Count == 0 || p.Count < e.size, nil
}

// wanted leaves out the paths that are not set.
func wanted(paths ...string) []string {
	return slices.DeleteFunc(paths, func(path string) bool { return path == "" })
}

// flag returns the boolean at a path. Null and missing are false.
func flag(p Page, path string) (bool, error) {
	switch raw := p.Values[path]; string(raw) {
	case "true":
		return true, nil
	case "false", "null", "":
		return false, nil
	default:
		return false, valueError(path, raw, "true or false")
	}
}

// count returns the number at a path, which some APIs write as a string. Null and missing are
// unknown.
func count(p Page, path string) (n int, known bool, err error) {
	raw := p.Values[path]
	if len(raw) == 0 || jsonraw.IsNull(raw) {
		return 0, false, nil
	}
	text := string(raw)
	if s, ok := jsonraw.Unquote(raw); ok {
		text = s
	}
	if n, err = strconv.Atoi(text); err != nil || n < 0 {
		return 0, false, valueError(path, raw, "a whole number")
	}
	return n, true, nil
}

// valueError says that a value in the body is not what the paginator expects.
func valueError(path string, raw []byte, expected string) error {
	return protocol.Errorf(protocol.SystemError, "The value at %q of the answer is %s, but the "+
		"Pages of the stream expect %s there. Check the path.", path, kindName(raw[0]), expected)
}

// Until ends the pages of a paginator early: behind the first page for which last returns true. An
// example is an API that goes on to name a next page behind the last one, to be stopped at an empty
// page:
//
//	http.Until(http.NextToken{At: "next"}, func(p http.Page) bool { return p.Count == 0 })
//
// want names more values of the body for last, as [Paginator] does.
func Until(p Paginator, last func(Page) bool, want ...string) Paginator {
	return until{Paginator: p, last: last, want: want}
}

type until struct {
	Paginator
	last func(Page) bool
	want []string
}

// Want implements [Paginator].
func (u until) Want() []string {
	want := slices.Clone(u.Paginator.Want())
	for _, path := range u.want {
		if !slices.Contains(want, path) {
			want = append(want, path)
		}
	}
	return want
}

// Next implements [Paginator].
func (u until) Next(p Page) (string, error) {
	if u.last(p) {
		return "", nil
	}
	return u.Paginator.Next(p)
}

func (u until) unwrap() Paginator { return u.Paginator }

// kindName names a kind for a message; any first byte of a number will do.
func kindName(kind byte) string {
	switch kind {
	case jsonraw.ObjectStart:
		return "an object"
	case jsonraw.ArrayStart:
		return "an array"
	case jsonraw.String:
		return "a string"
	case jsonraw.Null:
		return "null"
	case jsonraw.True, jsonraw.False:
		return "true or false"
	}
	return "a number"
}
