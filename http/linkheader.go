package http

import (
	"strings"
)

// LinkHeader follows the link with the relation "next" in the Link header (RFC 8288), as GitHub's
// API has it. Without such a link the page was the last.
type LinkHeader struct{}

// Want implements [Paginator].
func (LinkHeader) Want() []string { return nil }

// Apply implements [Paginator].
func (LinkHeader) Apply(r *Request, token string) {
	if token != "" {
		r.Path = token
	}
}

// Next implements [Paginator].
func (LinkHeader) Next(p Page) (string, error) {
	for _, header := range p.Header.Values("Link") {
		if target := findLink(header, "next"); target != "" {
			return absolute(p, target)
		}
	}
	return "", nil
}

// findLink returns the target of the first link in a Link header that has the relation rel, and
// nothing when there is none. What it cannot parse it passes over.
func findLink(header, rel string) string {
	for header != "" {
		var target string
		var params map[string]string
		target, params, header = cutLink(header)
		for r := range strings.FieldsSeq(params["rel"]) { // several relations stand in one value
			if strings.EqualFold(r, rel) && target != "" {
				return target
			}
		}
	}
	return ""
}

// cutLink parses the first link of a header: <target>; name=value; name="quoted value", ...
func cutLink(s string) (target string, params map[string]string, rest string) {
	_, s, found := strings.Cut(s, "<")
	target, s, closed := strings.Cut(s, ">")
	if !found || !closed {
		return "", nil, ""
	}
	params = map[string]string{}
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" || s[0] == ',' {
			return strings.TrimSpace(target), params, strings.TrimPrefix(s, ",")
		}
		var name, value string
		name, value, s = cutParam(strings.TrimPrefix(s, ";"))
		if _, has := params[name]; !has { // of several the first counts
			params[name] = value
		}
	}
}

// cutParam parses one parameter of a link. It consumes at least one byte of s unless s begins with
// the comma or semicolon of what follows.
func cutParam(s string) (name, value, rest string) {
	end := strings.IndexAny(s, "=;,")
	if end < 0 {
		end = len(s)
	}
	name = strings.ToLower(strings.TrimSpace(s[:end]))
	if s = s[end:]; s == "" || s[0] != '=' {
		return name, "", s
	}
	s = strings.TrimLeft(s[1:], " \t")
	if s != "" && s[0] == '"' {
		return cutQuoted(name, s[1:])
	}
	if end = strings.IndexAny(s, ";,"); end < 0 {
		end = len(s)
	}
	return name, strings.TrimSpace(s[:end]), s[end:]
}

// cutQuoted parses the rest of a quoted value and drops what stands between it and the next
// separator.
func cutQuoted(name, s string) (_, value, rest string) {
	var b strings.Builder
	i := 0
	for ; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	s = s[min(i+1, len(s)):]
	if end := strings.IndexAny(s, ";,"); end >= 0 {
		return name, b.String(), s[end:]
	}
	return name, b.String(), ""
}
