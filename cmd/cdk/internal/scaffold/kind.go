package scaffold

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// Kind is a kind of connector.
type Kind struct {
	Name string
	Type string // of its connectors: Source or Destination
	Help string // half a line
	URL  string // of the API in its template; empty where there is none

	Driver module.Version // what its program needs besides the kit; zero where that is nothing
}

// The types of connectors, as metadata.yaml has them.
const (
	Source      = "source"
	Destination = "destination"
)

// Kinds are what there is to choose from; the first of a type is its default.
func Kinds() []Kind {
	return []Kind{
		{
			Name: "rest", Type: Source, URL: "https://api.example.com/v1/",
			Help: "a REST API: pages, time slices, a child stream",
		},
		{
			Name: "graphql", Type: Source, URL: "https://api.example.com/graphql",
			Help: "a GraphQL API: queries, connections",
		},
		{
			Name: "custom", Type: Source,
			Help: "anything else: a stream is a function that yields records",
		},
		{
			Name: "sql", Type: Destination, Driver: sqlite,
			Help: "a SQL database: typed tables, deduplication, schema changes",
		},
		{
			Name: "loader", Type: Destination,
			Help: "anything else: a method that makes a batch of records durable",
		},
	}
}

// sqlite is the driver of the kind sql, in the version that its template is tested with.
var sqlite = module.Version{Path: "modernc.org/sqlite", Version: "v1.62.0"}

// KindsOf are the kinds of a type of connectors; the first is the default.
func KindsOf(connectorType string) []Kind {
	isOther := func(k Kind) bool { return k.Type != connectorType }
	return slices.DeleteFunc(Kinds(), isOther)
}

// ParseKind finds a kind by its name, for a connector of a type.
func ParseKind(name, connectorType string) (Kind, error) {
	var names []string
	for _, k := range KindsOf(connectorType) {
		names = append(names, k.Name)
	}
	choose := "choose from " + strings.Join(names, ", ")
	for _, k := range Kinds() {
		switch {
		case k.Name != name:
		case k.Type != connectorType:
			return Kind{}, fmt.Errorf("the kind %s is one of a %s, and the name says %s; %s, or "+
				"begin the name with %[2]s-", name, k.Type, connectorType, choose)
		default:
			return k, nil
		}
	}
	return Kind{}, fmt.Errorf("there is no kind %q of a %s; %s", name, connectorType, choose)
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
