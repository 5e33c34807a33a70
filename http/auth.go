package http

import (
	"encoding/base64"
	nethttp "net/http"
	"net/url"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// Credentials are added to each attempt below the retry loop and only on the way to the API itself:
// a redirect to another host, or from https to http, travels without them.

// Bearer sends the header "Authorization: Bearer TOKEN". White space around the token is removed;
// an empty token sends nothing.
func Bearer(token string) Option {
	token = strings.TrimSpace(token)
	if token == "" {
		return nothing
	}
	return header("Authorization", "Bearer "+token, token)
}

// Basic sends user and password by HTTP basic authentication. When both are empty it sends nothing.
func Basic(user, password string) Option {
	if user == "" && password == "" {
		return nothing
	}
	pair := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	return header("Authorization", "Basic "+pair, password, pair)
}

// HeaderKey sends an API key in a header of the given name. White space around the value is
// removed; an empty value sends nothing.
func HeaderKey(name, value string) Option {
	value = strings.TrimSpace(value)
	if value == "" {
		return nothing
	}
	return header(name, value, value)
}

// QueryKey sends an API key as a query parameter. Prefer [HeaderKey] where the API offers both:
// proxies and servers log URLs. An empty value sends nothing.
func QueryKey(name, value string) Option {
	if value == "" {
		return nothing
	}
	return optionFunc(func(c *Client) {
		c.hide(value)
		c.auth = append(c.auth, signer(func(r *nethttp.Request) {
			r.URL.RawQuery = mergeQuery(r.URL.RawQuery, url.Values{name: {value}})
		}))
	})
}

// When returns the option that use makes of v, and one that does nothing when v is nil. It chooses
// the authentication that the user has chosen: the branches of a oneOf in a config are pointers, of
// which one is set. List When for each of them.
func When[T any](v *T, use func(v T) Option) Option {
	if v == nil {
		return nothing
	}
	return use(*v)
}

// nothing is an option without effect, for a credential that the user left empty.
var nothing = optionFunc(func(*Client) {})

// header returns the option that sets a header whose value holds secrets.
func header(name, value string, secrets ...string) Option {
	return optionFunc(func(c *Client) {
		if !validHeaderValue(value) {
			// net/http would refuse it on every attempt, with a text that helps nobody.
			c.fault = protocol.Errorf(protocol.ConfigError, "The credential for the header %q "+
				"holds a line break or another control character. Enter it again in the "+
				"configuration.", name)
			return
		}
		c.hide(secrets...)
		c.auth = append(c.auth, signer(func(r *nethttp.Request) { r.Header.Set(name, value) }))
	})
}

func validHeaderValue(v string) bool {
	return !strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// hide keeps secrets out of the texts of errors, from now on.
func (c *Client) hide(secrets ...string) { c.secrets.Add(secrets...) }
