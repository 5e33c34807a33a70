package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// formatPhrases say what a format asks for, with an example where that is shorter.
var formatPhrases = map[string]string{
	"date":      "a date such as 2024-01-31",
	"date-time": "a date-time such as 2024-01-31T00:00:00Z",
	"time":      "a time such as 15:04:05Z",
	"duration":  "a duration such as P1D",
	"uri":       "a URL such as https://example.com/",
	"email":     "an email address",
	"hostname":  "a host name such as db.example.com",
	"ipv4":      "an IPv4 address such as 192.0.2.1",
	"ipv6":      "an IPv6 address such as 2001:db8::1",
	"uuid":      "a UUID",
	"regex":     "a regular expression",
}

// formatPhrase says what a format asks for. A format we have no words for is named.
func formatPhrase(format string) string {
	if phrase, ok := formatPhrases[format]; ok {
		return phrase
	}
	return fmt.Sprintf("of the format %q", format)
}

// isFormat reports whether text has the format. Dates are read the way [Decode] reads them, so that
// what passes validation can also be decoded; unknown formats pass, as JSON schema wants it.
func isFormat(format, text string) bool {
	switch format {
	case "date":
		_, err := time.Parse(time.DateOnly, text)
		return err == nil
	case "date-time":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	}
	// The library's own checks, so that a default is judged like the value of a config.
	check, ok := jsonschema.Formats[format]
	return !ok || check(text)
}

// typePhrase names a JSON schema type with its article.
func typePhrase(kind string) string {
	switch kind {
	case "null":
		return "null"
	case "integer", "array", "object":
		return "an " + kind
	default:
		return "a " + kind
	}
}

// typePhrases names several types, as in "a string or null".
func typePhrases(kinds []string) string {
	var phrases []string
	for _, kind := range kinds {
		phrases = append(phrases, typePhrase(kind))
	}
	return strings.Join(phrases, " or ")
}

// jsonType names the JSON type of v with its article.
func jsonType(v any) string { return typePhrase(kindOf(v)) }

// hasType reports whether v has one of the types of a JSON schema.
func hasType(kinds []string, v any) bool {
	kind := kindOf(v)
	if n, ok := v.(json.Number); ok && slices.Contains(kinds, "integer") && isWhole(n) {
		return true
	}
	return slices.Contains(kinds, kind)
}

// rulePhrase says which rule of the schema s a value breaks. It is made of the schema's words
// alone.
func rulePhrase(s *object, keyword string) string {
	value := s.values[keyword]
	switch keyword {
	case "enum":
		list, _ := value.([]any)
		return "must be one of " + listing(list)
	case "const":
		return "must be " + string(render(value))
	case "format":
		format, _ := value.(string)
		return "must be " + formatPhrase(format)
	case "pattern":
		if descriptor, ok := s.values["pattern_descriptor"].(string); ok && descriptor != "" {
			return "must have the form " + descriptor
		}
		return fmt.Sprintf("must match the pattern %s", value)
	case "uniqueItems":
		return "must not hold an item twice"
	}
	if phrase, ok := boundPhrases[keyword]; ok {
		return bounded(phrase, string(render(value)))
	}
	return fmt.Sprintf("breaks the rule %q of the connector's spec", keyword)
}

// bounded puts the bound into the phrase, whose last word is a plural.
func bounded(phrase, bound string) string {
	text := fmt.Sprintf(phrase, bound)
	if bound == "1" {
		return strings.TrimSuffix(text, "s")
	}
	return text
}

// boundPhrases are the rules that compare with one value.
var boundPhrases = map[string]string{
	"minimum":          "must be at least %s",
	"exclusiveMinimum": "must be greater than %s",
	"maximum":          "must be at most %s",
	"exclusiveMaximum": "must be less than %s",
	"multipleOf":       "must be a multiple of %s",
	"minLength":        "must have at least %s characters",
	"maxLength":        "must have at most %s characters",
	"minItems":         "must have at least %s items",
	"maxItems":         "must have at most %s items",
	"minProperties":    "must have at least %s members",
	"maxProperties":    "must have at most %s members",
}
