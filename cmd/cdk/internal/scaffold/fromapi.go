package scaffold

import (
	"net/url"
	"regexp"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/apicode"
	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
)

// FromAPI is the kind of a source that an OpenAPI document makes. It is none of [Kinds], because it
// takes that document.
func FromAPI() Kind { return Kind{Name: "openapi", Type: Source, URL: "https://api.example.com/v1/"} }

// apiFiles are the files that follow from the API of a connector, if it has one.
func apiFiles(c Connector) (files []File, err error) {
	if c.API == nil {
		return nil, nil
	}
	list, err := apicode.Module{
		API: c.API, Path: c.Name.Module, Short: c.Name.Short, Title: c.Name.Title(),
		Document: c.Document,
	}.Files()
	for _, f := range list {
		files = append(files, File(f))
	}
	return files, err
}

var variable = regexp.MustCompile(`\{[^{}]*\}`)

// HostOf is the base URL of an API as far as metadata.yaml needs it: with a star for each variable,
// and for the host where the document names none.
func HostOf(api *openapi.API) *url.URL {
	u, err := url.Parse(variable.ReplaceAllString(api.BaseURL, "*"))
	if err != nil || u.Hostname() == "" {
		return &url.URL{Scheme: "https", Host: "*", Path: "/"}
	}
	return u
}
