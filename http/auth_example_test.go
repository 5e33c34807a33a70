package http_test

import (
	"context"
	"fmt"
	"io"
	nethttp "net/http"
	"strings"

	"github.com/airbyte-go/cdk/http"
)

// Credentials is what a user fills in: the branch of a oneOf that was chosen is not nil.
type Credentials struct {
	Key   *KeyCredentials   `json:"key"`
	Login *LoginCredentials `json:"login"`
}

// KeyCredentials is the way of most users.
type KeyCredentials struct {
	APIKey string `json:"api_key" airbyte:"secret"`
}

// LoginCredentials is another way.
type LoginCredentials struct {
	User     string `json:"user"`
	Password string `json:"password" airbyte:"secret"`
}

func ExampleWhen() {
	chosen := Credentials{Login: &LoginCredentials{"ann", "secret"}}
	api := http.NewClient("https://api.example.com",
		http.When(chosen.Key, func(k KeyCredentials) http.Option { return http.Bearer(k.APIKey) }),
		http.When(chosen.Login, func(l LoginCredentials) http.Option {
			return http.Basic(l.User, l.Password)
		}))
	show(http.WithTransport(context.Background(), echo), api, "me")
	// Output: GET https://api.example.com/me Basic YW5uOnNlY3JldA== <nil>
}

// repeatBody answers with the body of the request.
var repeatBody = apiFunc(func(r *nethttp.Request) string {
	body, _ := io.ReadAll(r.Body)
	return string(body)
})

// post sends a POST through c and prints the answer.
func post(c *http.Client, r *http.Request) {
	resp, err := c.Do(http.WithTransport(context.Background(), repeatBody), r)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(resp.Body)
	fmt.Println(string(text))
}

func ExampleFormKey() {
	api := http.NewClient("https://api.example.com", http.FormKey("api_key", "k3y"))
	post(api, &http.Request{Method: nethttp.MethodPost, Path: "records"})
	// Output: api_key=k3y
}

func ExampleBodyKey() {
	api := http.NewClient("https://api.example.com", http.BodyKey("auth.key", "k3y"))
	post(api, &http.Request{Path: "records", Body: []byte(`{"page":1}`)})
	// Output: {"page":1,"auth":{"key":"k3y"}}
}

// A rate limit that counts by token is three times as high with three of them.
func ExampleRotate() {
	ctx := http.WithTransport(context.Background(), echo)
	api := http.NewClient("https://api.example.com",
		http.Rotate(http.Bearer("one"), http.Bearer("two"), http.Bearer("three")))
	for range 4 {
		show(ctx, api, "me")
	}
	// Output:
	// GET https://api.example.com/me Bearer one <nil>
	// GET https://api.example.com/me Bearer two <nil>
	// GET https://api.example.com/me Bearer three <nil>
	// GET https://api.example.com/me Bearer one <nil>
}

// A refresh token that is good for one use has its place in the config, where the next one is
// saved.
func ExampleOAuth() {
	ctx := http.WithTransport(context.Background(), apiFunc(func(r *nethttp.Request) string {
		if r.URL.Host != "auth.example.com" {
			return "hello, " + r.Header.Get("Authorization")
		}
		form, _ := io.ReadAll(r.Body)
		fmt.Println(string(form))
		return `{"access_token":"t0ken","expires_in":3600,"refresh_token":"next"}`
	}))
	api := http.NewClient("https://api.example.com", &http.OAuth{
		TokenURL:       "https://auth.example.com/token",
		ClientID:       "app",
		ClientSecret:   "s3cret",
		RefreshToken:   "first",
		RefreshTokenAt: "/credentials/refresh_token",
	})
	show(ctx, api, "me")
	// Output:
	// client_id=app&client_secret=s3cret&grant_type=refresh_token&refresh_token=first
	// hello, Bearer t0ken <nil>
}

func ExampleJWT() {
	ctx := http.WithTransport(context.Background(), apiFunc(func(r *nethttp.Request) string {
		header, _, _ := strings.Cut(r.Header.Get("X-Token"), ".")
		return header // the claims hold the time
	}))
	api := http.NewClient("https://api.example.com", &http.JWT{
		Algorithm: "HS256",
		Key:       "s3cret",
		Issuer:    "key-id",
		As:        func(token string) http.Option { return http.HeaderKey("X-Token", token) },
	})
	show(ctx, api, "me")
	// Output: eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 <nil>
}

func ExampleSession() {
	ctx := http.WithTransport(context.Background(), apiFunc(func(r *nethttp.Request) string {
		if r.URL.Path == "/login" {
			return `{"session":{"id":"s3ssion"}}`
		}
		return "hello, " + r.Header.Get("X-Session")
	}))
	api := http.NewClient("https://api.example.com", &http.Session{
		Login: http.Request{
			Path: "login", Body: map[string]string{"user": "ann", "password": "secret"},
		},
		TokenAt: "session.id",
		As:      func(token string) http.Option { return http.HeaderKey("X-Session", token) },
	})
	show(ctx, api, "me")
	// Output: hello, s3ssion <nil>
}
