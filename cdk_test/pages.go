package cdktest

import (
	"fmt"
	"io"
	"maps"
	nethttp "net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Pages serves texts as the pages of path, which is a pattern of [net/http.ServeMux].
//
// In a text {next} stands for the token of the next page; on the last page it is empty. The
// request that carries a token, in any query parameter, gets its page; so does one whose
// parameter page is a number, counted from 1; any other gets the first page. While there is a
// next page the answer has a Link header to it as well. So the same pages serve a connector that
// follows tokens, numbers or links. Where an API ends with an empty page, make that the last
// text: asking for a page that does not exist fails the test.
func (a *API) Pages(path string, pages ...string) *API {
	a.t.Helper()
	if len(pages) == 0 {
		a.t.Fatalf("API.Pages got no pages for %s. Give at least one, which may be empty.", path)
	}
	page := func(_ url.Values, number int) (text string, more bool, err error) {
		if number > len(pages) {
			return "", false, fmt.Errorf("it asks for page %d of %d", number, len(pages))
		}
		more = number < len(pages)
		token := tokenAfter(number, more)
		return strings.ReplaceAll(pages[number-1], nextPlaceholder, token), more, nil
	}
	return a.Handle(exactly(path), pagedRoute{a, page})
}

const nextPlaceholder = "{next}"

// exactly keeps a pattern that ends in a slash from matching everything below it.
func exactly(pattern string) string {
	if strings.HasSuffix(pattern, "/") {
		return pattern + "{$}"
	}
	return pattern
}

// pagedRoute serves a route page by page. All that it knows about a reader is in the reader's
// request.
type pagedRoute struct {
	api *API
	// page returns the text of a page and whether there is another one; an error is the
	// request's.
	page func(query url.Values, number int) (text string, more bool, err error)
}

// ServeHTTP implements [nethttp.Handler].
func (p pagedRoute) ServeHTTP(w nethttp.ResponseWriter, r *nethttp.Request) {
	query := r.URL.Query()
	number, err := pageNumber(query)
	var text string
	var more bool
	if err == nil {
		text, more, err = p.page(query, number)
	}
	if err != nil {
		p.api.refuse(w, r, nethttp.StatusBadRequest, err.Error())
		return
	}
	if more {
		w.Header().Set("Link", fmt.Sprintf(`<%s>; rel="next"`, linkTo(r, number+1)))
	}
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	} else {
		w.Header().Set("Content-Type", "application/json")
	}
	_, _ = io.WriteString(w, text) // fails when the client has gone
}

// maxPage keeps the position of a page's records within an int of 32 bits, for any sensible size.
const maxPage = 1_000_000

var tokenPattern = regexp.MustCompile(`^next-page-([1-9][0-9]{0,5})$`)

// tokenAfter is the token of the page after the given one, if there are more.
func tokenAfter(number int, more bool) string {
	if !more {
		return ""
	}
	return fmt.Sprintf("next-page-%d", number+1)
}

// pageNumber finds out which page a request wants.
func pageNumber(query url.Values) (int, error) {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range query[name] {
			if m := tokenPattern.FindStringSubmatch(value); m != nil {
				return strconv.Atoi(m[1])
			}
		}
	}
	wanted := query.Get("page")
	if wanted == "" {
		return 1, nil
	}
	number, err := strconv.Atoi(wanted)
	if err != nil || number < 1 || number > maxPage {
		return 0, fmt.Errorf("its page is %q, which is neither a token nor a number from 1", wanted)
	}
	return number, nil
}

// linkTo is the URL of r for another page.
func linkTo(r *nethttp.Request, number int) string {
	query := r.URL.Query()
	maps.DeleteFunc(query, func(_ string, values []string) bool {
		return slices.ContainsFunc(values, tokenPattern.MatchString)
	})
	query.Set("page", strconv.Itoa(number))
	link := url.URL{
		Scheme: r.Header.Get(schemeHeader), Host: r.Host,
		Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: query.Encode(),
	}
	return link.String()
}
