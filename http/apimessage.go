package http

import (
	"encoding/json"
	"html"
	"mime"
	"regexp"
	"strings"
	"unicode"
)

// maxMessage bounds what a message repeats of the API's own words, in bytes.
const maxMessage = 300

// messageKeys are where APIs put what went wrong, most telling first. The order is that of the
// Python CDK, so that users meet the same text; the last two are additions.
var messageKeys = []string{
	"message", "messages", "error", "errors", "failures", "failure", "detail", "err",
	"error_message",
	"msg", "reason", "status_message", "error_description", "title",
}

// apiMessage returns what the API says in the body of an error, quoted and short. It is empty for
// an empty body. clean removes secrets; it sees the text before it is cut, which might cut a
// secret.
func apiMessage(contentType string, body []byte, clean func(string) string) string {
	var v any
	if json.Unmarshal(body, &v) == nil {
		if m := findMessage(v); m != "" {
			return quote(clean(m))
		}
	}
	if isHTML(contentType, body) {
		return describePage(contentType, body)
	}
	return quote(clean(string(body)))
}

// findMessage searches a decoded body. Lists are joined.
func findMessage(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case []any:
		var found []string
		for _, item := range v {
			if m := findMessage(item); m != "" {
				found = append(found, m)
			}
		}
		return strings.Join(found, ", ")
	case map[string]any:
		for _, key := range messageKeys {
			if m := findMessage(v[key]); m != "" {
				return m
			}
		}
	}
	return ""
}

// quote returns text in quotes, on one line, at most [maxMessage] bytes of it. Empty stays empty.
func quote(text string) string {
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if text == "" {
		return ""
	}
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "..."
	}
	return `"` + text + `"`
}

func isHTML(contentType string, body []byte) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	return kind == "text/html" || kind == "application/xhtml+xml" ||
		strings.HasPrefix(strings.TrimSpace(string(body[:min(len(body), 100)])), "<")
}

var titlePattern = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// describePage reduces a web page to a few words: mostly it is the login page of a proxy or the
// error page of a load balancer.
func describePage(contentType string, body []byte) string {
	text := "a web page"
	if contentType != "" {
		text += " (" + strings.Trim(quote(contentType), `"`) + ")"
	}
	if m := titlePattern.FindSubmatch(body); m != nil {
		if title := quote(html.UnescapeString(string(m[1]))); title != "" {
			text += " titled " + title
		}
	}
	return text
}
