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
		return optionFunc(func(*Client) {})
	}
	return header("Authorization", "Bearer "+token, token)
}

// Basic sends user and password by HTTP basic authentication. When both are empty it sends nothing.
func Basic(user, password string) Option {
	if user == "" && password == "" {
		return optionFunc(func(*Client) {})
	}
	pair := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	return header("Authorization", "Basic "+pair, password, pair)
}

// HeaderKey sends an API key in a header of the given name. White space around the value is
// removed; an empty value sends nothing.
func HeaderKey(name, value string) Option {
	value = strings.TrimSpace(value)
	if value == "" {
		return optionFunc(func(*Client) {})
	}
	return header(name, value, value)
}

// QueryKey sends an API key as a query parameter. Prefer [HeaderKey] where the API offers both:
// proxies and servers log URLs. An empty value sends nothing.
func QueryKey(name, value string) Option {
	return optionFunc(func(c *Client) {
		if value == "" {
			return
		}
		c.secrets = append(c.secrets, value, url.QueryEscape(value))
		c.auth = append(c.auth, signer(func(r *nethttp.Request) {
			r.URL.RawQuery = mergeQuery(r.URL.RawQuery, url.Values{name: {value}})
		}))
	})
}

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
		c.secrets = append(c.secrets, secrets...)
		c.auth = append(c.auth, signer(func(r *nethttp.Request) { r.Header.Set(name, value) }))
	})
}

func validHeaderValue(v string) bool {
	return !strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
