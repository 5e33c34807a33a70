package scaffold

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Kind is a kind of source.
type Kind struct {
	Name string
	Help string // half a line
	URL  string // of the API in its template; empty where there is none
}

// Kinds are what there is to choose from; the first is the default.
func Kinds() []Kind {
	return []Kind{
		{"rest", "a REST API: pages, time slices, a child stream", "https://api.example.com/v1/"},
		{"graphql", "a GraphQL API: queries, connections", "https://api.example.com/graphql"},
		{"custom", "anything else: a stream is a function that yields records", ""},
	}
}

// ParseKind finds a kind by its name.
func ParseKind(name string) (Kind, error) {
	var names []string
	for _, k := range Kinds() {
		if k.Name == name {
			return k, nil
		}
		names = append(names, k.Name)
	}
	return Kind{}, fmt.Errorf("there is no kind %q; choose from %s", name,
		strings.Join(names, ", "))
}

// plainURL is a URL that stands in Go, YAML and Markdown without quoting.
var plainURL = regexp.MustCompile(`^https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~%/-]*)?$`)

// ParseURL reads the URL of an API, to which the paths of its streams are appended.
func ParseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || !slices.Contains([]string{"http", "https"}, u.Scheme) || u.Hostname() == "":
		return nil, errors.New("the URL of the API must be a whole one, such as " +
			"https://api.example.com/v1/")
	case u.User != nil:
		return nil, errors.New("the URL of the API must hold no user and no password, which " +
			"belong into a config and not into the code")
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(text, "#"):
		return nil, errors.New("the URL of the API must end before the first ? or #")
	case !plainURL.MatchString(text):
		return nil, errors.New("the URL of the API must be written in letters, digits and ._~%/- " +
			"only; escape other characters, and write the host in its ASCII form")
	}
	return u, nil
}
