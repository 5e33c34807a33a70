package http

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	nethttp "net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/protocol"
)

// OAuth obtains access tokens from an OAuth 2.0 token endpoint and sends them with every request;
// its address is an [Option] of [NewClient]. What it holds decides the grant: with an Assertion the
// JWT bearer grant, with a RefreshToken the refresh token grant, with a User the password grant,
// and with none of them the client credentials grant.
//
// A token is asked for when the first request needs it, replaced shortly before it ends, and
// replaced when the API answers 401. One worker at a time asks, with the retries and timeouts of
// the client and without its rate limit; the others wait and share what comes of it. A grant that
// is not valid any more is a config error that asks the user to authenticate again. Tokens are
// masked in all that the connector writes.
//
// For an endpoint that takes JSON instead of a form see [Session]. Give clients of several hosts
// that take the same credential the address of one OAuth. It must not be copied or changed after
// its first use.
type OAuth struct {
	// TokenURL is the whole URL of the token endpoint; required. Credentials go to its host and no
	// other.
	TokenURL string
	// ClientID names the application. Empty is not sent.
	ClientID string
	// ClientSecret is the application's. Empty is not sent.
	ClientSecret string
	// ClientByBasic sends ClientID and ClientSecret by HTTP basic authentication instead of as
	// fields of the form.
	ClientByBasic bool

	// RefreshToken is what the user's consent has left in the config.
	RefreshToken string
	// RefreshTokenAt says where in the config the refresh token stands, as a JSON pointer such as
	// "/credentials/refresh_token". Set it where a refresh token is good for one use: the new one
	// is then saved by [sources.UpdateConfig] before anything else happens. While it is empty, a
	// new refresh token is used, but not saved.
	//
	// [sources.UpdateConfig]: https://pkg.go.dev/github.com/airbyte-go/cdk/sources#UpdateConfig
	RefreshTokenAt string
	// User is whose password the password grant sends.
	User string
	// Password is the user's.
	Password string
	// Assertion signs what the JWT bearer grant sends. Its Audience defaults to TokenURL.
	Assertion *JWT

	// Scopes are sent as one field, separated by spaces.
	Scopes []string
	// Params are further fields of the form. grant_type among them replaces that of the grant.
	Params url.Values
	// Header holds further headers of the request.
	Header nethttp.Header

	// TokenAt is the dotted path of the access token in the answer, which is JSON or a form.
	// Defaults to access_token. A new refresh token is looked for beside it, as refresh_token.
	TokenAt string
	// ExpiryAt is the dotted path of the token's end: seconds from now, a time in seconds or
	// milliseconds since 1970, or a date. Defaults to expires_in, beside the token.
	ExpiryAt string
	// Lifetime is how long a token is good when the answer does not say. Defaults to an hour.
	Lifetime time.Duration
	// Early is how long before its end a token is replaced. Defaults to a minute, and to half its
	// life where that is shorter.
	Early time.Duration
	// As says how a token is sent. Defaults to [Bearer].
	As func(token string) Option

	once      sync.Once
	keeper    *keeper
	client    *Client
	refreshed string // the refresh token in use; changed by the one worker that obtains a token
}

func (o *OAuth) apply(c *Client) {
	o.once.Do(func() {
		o.keeper = newKeeper(o.As, o.Early, o.obtain)
		o.client, o.refreshed = c, o.RefreshToken
	})
	c.hide(o.ClientSecret, o.RefreshToken, o.Password)
	c.hide(o.parameters()...)
	o.keeper.join(c)
}

// parameters are the values that an author adds to the request, which may be secret too.
func (o *OAuth) parameters() []string {
	var all []string
	add := func(parameters map[string][]string) {
		for name, values := range parameters {
			if name != "grant_type" {
				all = append(all, values...)
			}
		}
	}
	add(o.Params)
	add(o.Header)
	if u, err := url.Parse(o.TokenURL); err == nil {
		add(u.Query())
	}
	return all
}

const assertionGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// form returns the fields that the grant sends besides the client's and the scopes.
func (o *OAuth) form(ctx context.Context) (url.Values, error) {
	form := url.Values{}
	switch {
	case o.Assertion != nil:
		assertion, err := o.Assertion.sign(time.Now(), o.TokenURL)
		if err != nil {
			return nil, err
		}
		o.keeper.hide(ctx, assertion)
		form.Set("grant_type", assertionGrant)
		form.Set("assertion", assertion)
	case o.refreshed != "":
		form.Set("grant_type", "refresh_token")
		form.Set("refresh_token", o.refreshed)
	case o.User != "":
		form.Set("grant_type", "password")
		form.Set("username", o.User)
		form.Set("password", o.Password)
	}
	maps.Copy(form, o.Params)
	return form, nil
}

// obtain asks the endpoint for a token.
func (o *OAuth) obtain(ctx context.Context) (token string, expiry time.Time, err error) {
	form, err := o.form(ctx)
	if err != nil {
		return "", time.Time{}, err
	}
	config := clientcredentials.Config{
		ClientID: o.ClientID, ClientSecret: o.ClientSecret, TokenURL: o.TokenURL,
		Scopes: o.Scopes, EndpointParams: form, AuthStyle: oauth2.AuthStyleInParams,
	}
	if o.ClientByBasic {
		config.AuthStyle = oauth2.AuthStyleInHeader
		// What is encoded as base64 there is the escaped secret, whose digits are others.
		o.keeper.hide(ctx, url.QueryEscape(o.ClientSecret))
	}
	endpoint := &tokenEndpoint{oauth: o, client: o.client.apart(o.TokenURL).quiet()}
	answer, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient,
		&nethttp.Client{Transport: endpoint}))
	if err != nil {
		return "", time.Time{}, o.explain(endpoint, err)
	}
	o.keeper.hide(ctx, answer.AccessToken)
	if err := o.keep(ctx, answer.RefreshToken); err != nil {
		return "", time.Time{}, err
	}
	if answer.Expiry.IsZero() {
		answer.Expiry = time.Now().Add(cmp.Or(o.Lifetime, time.Hour))
	}
	return answer.AccessToken, answer.Expiry, nil
}

// keep saves a new refresh token. An answer without one leaves the old one in force.
func (o *OAuth) keep(ctx context.Context, refresh string) error {
	o.keeper.hide(ctx, refresh)
	if o.refreshed == "" || refresh == "" || refresh == o.refreshed {
		return nil
	}
	// In force whatever comes of saving it: the old one may be void.
	o.refreshed = refresh
	if o.RefreshTokenAt == "" {
		return nil
	}
	return hook.From(ctx).UpdateConfig(ctx, o.RefreshTokenAt, refresh)
}

// explain says in a sentence why there is no token.
func (o *OAuth) explain(e *tokenEndpoint, err error) error {
	if refusal, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return o.refusal(e, refusal)
	}
	if own, ok := errors.AsType[*protocol.Error](err); ok {
		return own
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err // its own text holds the whole URL
	}
	return err
}

// refusal says what an error code of RFC 6749 means for the user.
func (o *OAuth) refusal(e *tokenEndpoint, refusal *oauth2.RetrieveError) error {
	kind, remedy := protocol.ConfigError, "Check the credentials in the configuration."
	switch refusal.ErrorCode {
	case "invalid_grant":
		remedy = "The authorization has expired or was withdrawn: authenticate again."
		if o.Assertion != nil || o.User != "" {
			remedy = "Check the credentials in the configuration, or authenticate again."
		}
	case "invalid_client", "unauthorized_client":
		remedy = "Check the client ID and the client secret in the configuration."
	case "access_denied":
		remedy = "Give the application access, and authenticate again."
	case "invalid_scope":
		remedy = "The account does not grant the scopes that the connector needs: authenticate " +
			"again with all of them."
	case "invalid_request", "unsupported_grant_type":
		kind = protocol.SystemError
		remedy = "The connector sent something the endpoint does not accept: report it to its " +
			"maintainer."
	case "temporarily_unavailable", "server_error", "slow_down":
		kind, remedy = protocol.TransientError, "A later sync may succeed."
	}
	return protocol.Errorf(kind, "%s: there is no access token: the endpoint answered %s. %s",
		e.what, e.said(refusal), remedy)
}

// said quotes the endpoint.
func (e *tokenEndpoint) said(refusal *oauth2.RetrieveError) string {
	text := statusText(refusal.Response.StatusCode)
	clean := e.client.clean
	if refusal.ErrorCode != "" {
		words := strings.TrimSpace(refusal.ErrorCode + " " + refusal.ErrorDescription)
		return fmt.Sprintf("%s: %s", text, quote(clean(words)))
	}
	if words := apiMessage(refusal.Response.Header.Get("Content-Type"), refusal.Body,
		clean); words != "" {
		return text + ": " + words
	}
	return text
}
