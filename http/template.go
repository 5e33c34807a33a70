package http

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// Params are query parameters. Their values are templates: {from} and {to} stand for the bounds of
// the slice, spelled as the cursor writes them. A parameter whose template names an open bound is
// not sent; one without placeholders always is.
type Params map[string]string

// placeholderPattern leaves braces alone that hold anything but a name, so that a template may be
// JSON.
var placeholderPattern = regexp.MustCompile(`\{[A-Za-z_][A-Za-z0-9_]*\}`)

// placeholders maps each placeholder to its value, which is empty for an open bound.
func placeholders(s sources.Slice) map[string]string {
	return map[string]string{"{from}": s.From.String(), "{to}": s.To.String()}
}

// expand fills in a template. open is a placeholder without a value, empty when there is none.
func expand(
	template string, values map[string]string, escape func(string) string,
) (text, open string) {
	text = placeholderPattern.ReplaceAllStringFunc(template, func(name string) string {
		if values[name] == "" {
			open = name
		}
		return escape(values[name])
	})
	return text, open
}

// expandPath fills in a path. Its values are escaped, and an open one is an error: a path with a
// hole would ask for something else.
func expandPath(template string, values map[string]string) (string, error) {
	path, query, hasQuery := strings.Cut(template, "?")
	text, open := expand(path, values, escapeSegment)
	if hasQuery {
		filled, openInQuery := expand(query, values, url.QueryEscape)
		text, open = text+"?"+filled, cmp.Or(open, openInQuery)
	}
	if open != "" {
		return "", protocol.Errorf(protocol.SystemError, "The path %q needs a value for %s, but "+
			"this slice is open there. Give the cursor a Start, or move the value to Query, "+
			"where it is left out.",
			template, open)
	}
	return text, nil
}

// escapeSegment escapes a value so that it stays one segment: . and .. as a whole would climb.
func escapeSegment(value string) string {
	if value == "." || value == ".." {
		return strings.ReplaceAll(value, ".", "%2E")
	}
	return url.PathEscape(value)
}

// values returns the parameters to send for a slice.
func (p Params) values(of map[string]string) url.Values {
	query := url.Values{}
	for name, template := range p {
		if text, open := expand(template, of, func(s string) string { return s }); open == "" {
			query.Set(name, text)
		}
	}
	return query
}

// checkTemplate reports the first placeholder in a template that has no meaning.
func checkTemplate(field, template string) error {
	known := slices.Sorted(maps.Keys(placeholders(sources.Slice{})))
	for _, name := range placeholderPattern.FindAllString(template, -1) {
		if !slices.Contains(known, name) {
			return fmt.Errorf("%s has the unknown placeholder %s; known are %s",
				field, name, strings.Join(known, " and "))
		}
	}
	return nil
}
