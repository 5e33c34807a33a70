package http

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// setBase parses the base URL. Credentials in it become an authentication of the client, because
// the links that an API returns do not repeat them.
func (c *Client) setBase(base string) error {
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || !isWeb(u.Scheme) || u.Hostname() == "" {
		return protocol.Errorf(protocol.ConfigError, "The API's URL %q is not valid: it must be "+
			"a whole URL such as https://api.example.com/v1. Correct it in the configuration.",
			shown(base))
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return protocol.Errorf(protocol.ConfigError, "The API's URL %q must end before the first "+
			"? or #. Correct it in the configuration.", shown(base))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		Basic(u.User.Username(), password).apply(c)
		u.User = nil
	}
	c.base, c.baseText = u, u.String()
	if err := c.guard.check(u); err != nil {
		return protocol.Errorf(protocol.ConfigError, "The API's URL cannot be used: %w.", err)
	}
	return nil
}

// shown returns a malformed base URL for a message. What stands before an @ may be a password,
// wherever the mistake is.
func shown(base string) string {
	base = redact(base)
	if i := strings.LastIndexByte(base, '@'); i >= 0 {
		return "..." + base[i:]
	}
	return base
}

// resolve returns the URL of a request. A path that is a whole URL, as the links to a next page
// are, must lead to the API's own host: it is sent with the API's credentials.
func (c *Client) resolve(path string, query url.Values) (*url.URL, error) {
	u, err := c.target(path)
	if err != nil {
		return nil, err
	}
	u.Fragment, u.RawFragment = "", ""
	u.Host = strings.TrimSuffix(u.Host, ":") // an empty port is none
	u.RawQuery = mergeQuery(u.RawQuery, query)
	return u, nil
}

func (c *Client) target(path string) (*url.URL, error) {
	if !isWholeURL(path) {
		path = c.join(path)
	}
	u, err := url.Parse(path)
	if err != nil {
		return nil, protocol.Errorf(protocol.SystemError,
			"The request path %q is not valid. Check the path of the stream.", redact(path))
	}
	u.User = nil
	if c.base.Scheme == "https" && u.Scheme == "http" {
		// Servers behind a proxy often do not know that they are reached by https.
		u.Scheme = "https"
		u.Host = strings.TrimSuffix(u.Host, ":80")
	}
	if !c.trusts(u) {
		return nil, protocol.Errorf(protocol.SystemError, "The link %q leads away from the API "+
			"at %s, so it was not followed: the API's credentials would have gone to another "+
			"host. If that host is right, give the stream a client of its own for it.",
			redact(path), c.base.Host)
	}
	return u, nil
}

// join appends a path to the base. The text is joined, not resolved: a base path is never lost,
// dots in an escaped value are not cleaned away, and escapes stay as they are.
func (c *Client) join(path string) string {
	if path == "" {
		return c.baseText
	}
	base := strings.TrimRight(c.baseText, "/")
	if path[0] == '?' {
		return base + path
	}
	return base + "/" + strings.TrimLeft(path, "/")
}

// trusts reports whether credentials may travel to u: the API's own host and port, and never by
// http where the API is reached by https.
func (c *Client) trusts(u *url.URL) bool {
	if !isWeb(u.Scheme) || c.base.Scheme == "https" && u.Scheme == "http" {
		return false
	}
	return strings.EqualFold(u.Hostname(), c.base.Hostname()) && port(u) == port(c.base)
}

// port returns the explicit port of u, and nothing for the default one of its scheme.
func port(u *url.URL) string {
	p := u.Port()
	if u.Scheme == "http" && p == "80" || u.Scheme == "https" && p == "443" {
		return ""
	}
	return p
}

func isWeb(scheme string) bool { return scheme == "http" || scheme == "https" }

func isWholeURL(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && isWeb(strings.ToLower(scheme))
}

// mergeQuery adds parameters to a raw query, except those whose name is there already: a link to
// the next page brings its own. What is there stays byte for byte, since it may be signed.
func mergeQuery(raw string, add url.Values) string {
	if raw == "" {
		return add.Encode()
	}
	missing := url.Values{}
	present := queryNames(raw)
	for name, values := range add {
		if !slices.Contains(present, name) {
			missing[name] = values
		}
	}
	if len(missing) == 0 {
		return raw
	}
	return raw + "&" + missing.Encode()
}

// queryNames returns the names of the parameters in a raw query, in their order, each once.
func queryNames(raw string) []string {
	var names []string
	for pair := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// describe names a request in messages: without user info, fragment or the value of any parameter,
// each of which may be a secret.
func describe(method string, u *url.URL) string {
	plain := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	text := method + " " + plain.String()
	for i, name := range queryNames(u.RawQuery) {
		separator := "&"
		if i == 0 {
			separator = "?"
		}
		if i == maxNames {
			return text + separator + "..."
		}
		text += separator + name + "=..."
	}
	return text
}

// maxNames is how many names of parameters or members a message lists.
const maxNames = 12

var (
	userInfoPattern = regexp.MustCompile(`://[^/\s"']*@`)
	queryPattern    = regexp.MustCompile(`\?[^\s"'<>]*=[^\s"'<>]*`)
)

// redact removes user info and query values from the URLs in a text of unknown origin, such as an
// error of net/http.
func redact(text string) string {
	return queryPattern.ReplaceAllString(userInfoPattern.ReplaceAllString(text, "://"), "?...")
}
