package fakeapi

import (
	nethttp "net/http"
	"regexp"
	"slices"
	"sync"
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

// patterns are the paths of the routes, those with few parameters first: of several that match the
// plainest counts.
var patterns = sync.OnceValue(func() (all []pattern) {
	for i, rt := range routes {
		quoted := regexp.QuoteMeta(rt.path)
		p := pattern{route: &routes[i]}
		for _, name := range placeholder.FindAllStringSubmatch(quoted, -1) {
			p.names = append(p.names, name[1])
		}
		p.path = regexp.MustCompile("^" + placeholder.ReplaceAllString(quoted, "([^/]+)") + "$")
		all = append(all, p)
	}
	slices.SortStableFunc(all, func(a, b pattern) int { return len(a.names) - len(b.names) })
	return all
})

// pattern matches the path of a route.
type pattern struct {
	route *route
	path  *regexp.Regexp
	names []string // of its parameters
}

// routeOf is the route of a path, with the values of its parameters.
func routeOf(path string) (found *route, values map[string]string) {
	for _, p := range patterns() {
		match := p.path.FindStringSubmatch(path)
		if match == nil {
			continue
		}
		values = map[string]string{}
		for i, name := range p.names {
			values[name] = match[i+1]
		}
		return p.route, values
	}
	return nil, nil
}

// serve answers a request that may be answered.
func serve(w nethttp.ResponseWriter, r *nethttp.Request) {
	rt, values := routeOf(r.URL.Path)
	switch {
	case rt == nil:
		refuse(w, nethttp.StatusNotFound, "there is no such path")
	case r.Method != nethttp.MethodGet:
		refuse(w, nethttp.StatusMethodNotAllowed, "the path is only read")
	default:
		rt.answer(w, r, values)
	}
}
