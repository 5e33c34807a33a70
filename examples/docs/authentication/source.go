// Package authentication holds the code of docs/authentication.md.
package authentication

import (
	"context"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Config lets a user choose between an API key and signing in.
type Config struct {
	Credentials Credentials `json:"credentials" title:"Authentication" airbyte:"oneof=auth_type"`
}

// Credentials has one field for each way; the one that was chosen is not nil.
type Credentials struct {
	Key   *KeyLogin   `json:"api_key" title:"API key"`
	OAuth *OAuthLogin `json:"oauth" title:"Sign in"`
}

// KeyLogin is a key from the settings of the API.
type KeyLogin struct {
	APIKey string `json:"api_key" title:"API key" airbyte:"secret"`
}

// OAuthLogin is what a consent has left.
type OAuthLogin struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	RefreshToken string `json:"refresh_token"`
}

type source struct{}

var _ sources.Source[Config] = source{}

//nolint:gosec // it finds names of credentials, and takes them for credentials
func (source) Streams(_ context.Context, cfg Config) ([]sources.Stream, error) {
	api := http.NewClient("https://api.example.com/v1/",
		http.When(cfg.Credentials.Key, func(k KeyLogin) http.Option {
			return http.HeaderKey("X-API-Key", k.APIKey)
		}),
		http.When(cfg.Credentials.OAuth, func(o OAuthLogin) http.Option {
			return &http.OAuth{
				TokenURL:       "https://auth.example.com/token",
				ClientID:       o.ClientID,
				ClientSecret:   o.ClientSecret,
				RefreshToken:   o.RefreshToken,
				RefreshTokenAt: "/credentials/refresh_token", // it is good for one use
			}
		}))
	return []sources.Stream{&http.Stream{
		Client: api, Name: "people", Schema: sources.SchemaOf[Person](), Path: "people",
	}}, nil
}

// Person is a record.
type Person struct {
	Name string `json:"name"`
}

// inHand are the options for what a user has in hand.
func inHand(key, user, password string) []http.Option {
	return []http.Option{
		http.Bearer(key),                 // Authorization: Bearer KEY
		http.Basic(user, password),       // Authorization: Basic ...
		http.HeaderKey("X-API-Key", key), // a header
		http.QueryKey("api_key", key),    // a parameter; no error and no log shows it
		http.BodyKey("auth.key", key),    // a member of the JSON body
		http.FormKey("api_key", key),     // a field of the form
	}
}

// inTurns spreads the requests over several tokens.
func inTurns(one, two string) http.Option {
	return http.Rotate(http.Bearer(one), http.Bearer(two))
}

// login logs in by a request and sends the session's token as a header.
func login(user, password string) http.Option {
	return &http.Session{
		Login: http.Request{
			Path: "login", Body: map[string]string{"user": user, "password": password},
		},
		TokenAt: "session.id",
		As:      func(token string) http.Option { return http.HeaderKey("X-Session", token) },
	}
}

// machine signs a token and exchanges it, as a service account does.
//
//nolint:gosec // likewise
func machine(account, privateKey string) http.Option {
	return &http.OAuth{
		TokenURL: "https://auth.example.com/token",
		Scopes:   []string{"read"},
		Assertion: &http.JWT{
			Algorithm: "RS256", Key: privateKey, Issuer: account,
		},
	}
}
