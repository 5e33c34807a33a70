package http

import (
	"bytes"
	nethttp "net/http"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// fits reports whether an answer meets all conditions. The body is read when one asks for it.
func (r *Rule) fits(a *reply) bool {
	if len(r.Status) > 0 && !slices.Contains(r.Status, a.resp.StatusCode) {
		return false
	}
	if !headersFit(a.resp.Header, r.Header) {
		return false
	}
	return !r.asksBody() || r.fitsBody(a.resp, a.text())
}

func (r *Rule) fitsBody(resp *nethttp.Response, body []byte) bool {
	if !bytes.Contains(body, []byte(r.Contains)) {
		return false
	}
	for path, want := range r.JSON {
		fits := func(value []byte) bool { return valueFits(value, want) }
		if !anyAt(bytes.TrimPrefix(body, byteOrderMark), splitPath(path), fits) {
			return false
		}
	}
	return r.When == nil || r.When(resp, body)
}

func headersFit(h nethttp.Header, want map[string]string) bool {
	for name, text := range want {
		text = strings.ToLower(text)
		if !slices.ContainsFunc(h.Values(name), func(value string) bool {
			return strings.Contains(strings.ToLower(value), text)
		}) {
			return false
		}
	}
	return true
}

// maxNesting bounds lists directly within lists: each level is walked anew.
const maxNesting = 4

// anyAt reports whether a value at path fits. Where a list stands on the way, or at its end, each
// element is tried. Text that is not JSON, or ends early, has only what stands before that.
func anyAt(data []byte, path []string, fits func([]byte) bool) bool {
	return search{path: path, fits: fits}.in(data)
}

// search is what is left of a path.
type search struct {
	path    []string
	fits    func([]byte) bool
	nesting int
}

func (s search) in(data []byte) bool {
	if len(s.path) == 0 && s.fits(data) {
		return true
	}
	if isList(data) {
		return s.inElements(data)
	}
	if len(s.path) == 0 {
		return false
	}
	value, ok := jsonraw.Member(data, s.path[:1])
	return ok && search{path: s.path[1:], fits: s.fits}.in(value)
}

func (s search) inElements(list []byte) bool {
	if s.nesting++; s.nesting > maxNesting {
		return false
	}
	for element, err := range jsonraw.Elements(list) {
		if err == nil && s.in(element) {
			return true
		}
	}
	return false
}

func isList(data []byte) bool {
	data = bytes.TrimLeft(data, " \t\r\n")
	return len(data) > 0 && data[0] == '['
}

// valueFits compares the text of a value.
func valueFits(value []byte, want string) bool {
	value = bytes.TrimSpace(value)
	if want == "" {
		return !isEmpty(value)
	}
	if text, ok := jsonraw.Unquote(value); ok {
		return text == want
	}
	return string(value) == want
}

// isEmpty reports whether a value says nothing, as the "error" of an answer without one.
func isEmpty(value []byte) bool {
	if len(value) > 1 && (value[0] == '{' || value[0] == '[') {
		return len(bytes.TrimSpace(value[1:len(value)-1])) == 0
	}
	return slices.Contains([]string{"", "null", "false", "0", `""`}, string(value))
}
