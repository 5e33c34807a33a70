package fakeapi

import (
	nethttp "net/http"
	"regexp"
	"strings"
)

// route is a path, and what the API answers there.
type route struct {
	path    string            // with parameters in braces
	file    string            // in answers
	records []string          // the names that lead to the records
	single  bool              // the answer is one record
	parents map[string]string // the parameters for which there are records; all if empty
	pages   pages
	field   string // by which since and until filter
	since   string // parameter
	until   string // parameter
}

var placeholder = regexp.MustCompile(`\\\{([^{}\\]+)\\\}`)

// match tells whether a path is that of the route, and with which parameters.
func (rt route) match(path string) (values map[string]string, ok bool) {
	names := placeholder.FindAllStringSubmatch(regexp.QuoteMeta(rt.path), -1)
	pattern := placeholder.ReplaceAllString(regexp.QuoteMeta(rt.path), "([^/]+)")
	found := regexp.MustCompile("^" + pattern + "$").FindStringSubmatch(path)
	if found == nil {
		return nil, false
	}
	values = map[string]string{}
	for i, name := range names {
		values[name[1]] = found[i+1]
	}
	return values, true
}

// routeOf is the route of a path; of several that with the fewest parameters.
func routeOf(path string) (found route, values map[string]string, ok bool) {
	for _, rt := range routes {
		v, matches := rt.match(path)
		if matches && (!ok || strings.Count(rt.path, "{") < strings.Count(found.path, "{")) {
			found, values, ok = rt, v, true
		}
	}
	return found, values, ok
}

// serve answers a request that may be answered.
func serve(w nethttp.ResponseWriter, r *nethttp.Request) {
	rt, values, ok := routeOf(r.URL.Path)
	switch {
	case !ok:
		refuse(w, nethttp.StatusNotFound, "there is no such path")
	case r.Method != nethttp.MethodGet:
		refuse(w, nethttp.StatusMethodNotAllowed, "the path is only read")
	default:
		rt.answer(w, r, values)
	}
}
