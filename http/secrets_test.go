package http_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	nethttp "net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// planted are the secrets of the config. Each has what the ways of quoting escape.
type planted struct {
	One     string `json:"one" airbyte:"secret"`
	Two     string `json:"two" airbyte:"secret"`
	Refresh string `json:"refresh" airbyte:"secret"`
}

var plants = planted{
	One: `first"secret&/+=<7>`, Two: `second"secret&/+=<8>`, Refresh: `refresh"token&/+=<9>`,
}

// ways are all that a secret can travel by.
var ways = map[string]func(p planted) []http.Option{
	"bearer": func(p planted) []http.Option { return []http.Option{http.Bearer(p.One)} },
	"basic":  func(p planted) []http.Option { return []http.Option{http.Basic("ann", p.One)} },
	"header": func(p planted) []http.Option {
		return []http.Option{http.HeaderKey("X-Key", p.One)}
	},
	"query": func(p planted) []http.Option { return []http.Option{http.QueryKey("key", p.One)} },
	"form": func(p planted) []http.Option {
		return []http.Option{http.FormKey("key", p.One)}
	},
	"body": func(p planted) []http.Option { return []http.Option{http.BodyKey("a.key", p.One)} },
	"rotation": func(p planted) []http.Option {
		return []http.Option{http.Rotate(http.Bearer(p.One), http.QueryKey("key", p.Two))}
	},
	"refresh token": func(p planted) []http.Option {
		return []http.Option{&http.OAuth{
			TokenURL: "https://auth.example.com/token?key=" + url.QueryEscape(p.Two),
			ClientID: "app", ClientSecret: p.One, RefreshToken: p.Refresh,
			RefreshTokenAt: "/refresh",
		}}
	},
	"client credentials": func(p planted) []http.Option {
		return []http.Option{&http.OAuth{
			TokenURL: "https://auth.example.com/token", ClientID: "app", ClientSecret: p.One,
			ClientByBasic: true,
		}}
	},
	"password": func(p planted) []http.Option {
		return []http.Option{&http.OAuth{
			TokenURL: "https://auth.example.com/token", User: "ann", Password: p.One,
			As: func(token string) http.Option { return http.QueryKey("token", token) },
		}}
	},
	"assertion": func(p planted) []http.Option {
		return []http.Option{&http.OAuth{
			TokenURL:  "https://auth.example.com/token",
			Assertion: &http.JWT{Algorithm: "HS256", Key: p.One},
		}}
	},
	"signed token": func(p planted) []http.Option {
		return []http.Option{&http.JWT{Algorithm: "HS512", Key: p.One}}
	},
	"session": func(p planted) []http.Option {
		return []http.Option{&http.Session{
			Login:   http.Request{Path: "login", Body: map[string]string{"password": p.One}},
			TokenAt: "ticket.id",
			As:      func(token string) http.Option { return http.HeaderKey("X-Session", token) },
		}}
	},
}

// gossip is an API that repeats all credentials it has seen in whatever it answers.
type gossip struct {
	refuse string // what is not given: token or records
	status int    // with which it is refused; 0 breaks the connection
	form   int    // in which secrets are repeated

	mu   sync.Mutex
	seen []string
}

func (g *gossip) RoundTrip(r *nethttp.Request) (*nethttp.Response, error) {
	var sent []byte
	if r.Body != nil {
		sent, _ = io.ReadAll(r.Body)
	}
	g.note(r, string(sent))
	issuing := r.URL.Host == "auth.example.com" || r.URL.Path == "/login"
	switch {
	case issuing == (g.refuse == "token") && g.status == 0:
		return nil, fmt.Errorf("dial %s: %s", r.URL, g.words())
	case issuing == (g.refuse == "token"):
		body, _ := json.Marshal(map[string]string{
			"error": g.words(), "error_description": "repeated",
		})
		return reply(r, g.status, string(body)), nil
	case !issuing:
		return reply(r, 200, `[{"id":1}]`), nil
	}
	token := fmt.Sprintf(`access"token&/+=<%d>`, len(g.secrets()))
	refresh := fmt.Sprintf(`new"refresh&/+=<%d>`, len(g.secrets()))
	if g.learn(token); r.URL.Path != "/login" {
		g.learn(refresh)
	}
	body, _ := json.Marshal(map[string]any{
		"access_token": token, "refresh_token": refresh, "expires_in": 3600,
	})
	if r.URL.Path == "/login" {
		body, _ = json.Marshal(map[string]any{"ticket": map[string]string{"id": token}})
	}
	return reply(r, 200, string(body)), nil
}

// note remembers the credentials of a request.
func (g *gossip) note(r *nethttp.Request, sent string) {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if pair, err := base64.StdEncoding.DecodeString(token); err == nil {
		token = string(pair)
	}
	form, _ := url.ParseQuery(sent)
	told := fmt.Sprint(sent, token, form, r.URL.Query(), r.Header)
	for _, plant := range []string{plants.One, plants.Two, plants.Refresh} {
		for _, f := range forms(plant) {
			if strings.Contains(told, f) {
				g.learn(plant)
			}
		}
	}
	for _, signed := range []string{token, form.Get("assertion")} {
		if strings.Count(signed, ".") == 2 {
			g.learn(signed)
		}
	}
}

func (g *gossip) learn(secrets ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range secrets {
		if !slices.Contains(g.seen, s) {
			g.seen = append(g.seen, s)
		}
	}
}

func (g *gossip) secrets() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.seen)
}

// words are all secrets in one form. Signed tokens come last: messages are cut after them.
func (g *gossip) words() string {
	secrets := g.secrets()
	slices.SortStableFunc(secrets, func(a, b string) int { return len(a) - len(b) })
	for i, s := range secrets {
		secrets[i] = forms(s)[g.form]
	}
	return strings.Join(secrets, " ")
}

// forms are the ways in which programs write a text.
func forms(text string) []string {
	quoted, _ := json.Marshal(text)
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text)
	return []string{
		text, url.QueryEscape(text), url.PathEscape(text), strings.Trim(string(quoted), `"`),
		strings.Trim(strings.TrimSpace(plain.String()), `"`),
		base64.StdEncoding.EncodeToString([]byte(text)),
		base64.URLEncoding.EncodeToString([]byte(text)),
		base64.RawURLEncoding.EncodeToString([]byte(text)),
	}
}

func reply(r *nethttp.Request, status int, body string) *nethttp.Response {
	return &nethttp.Response{
		StatusCode: status, Header: nethttp.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}

// leaky is a source whose author logs what he should not.
type leaky struct {
	auth func(p planted) []http.Option
	api  *gossip
}

func (l leaky) Streams(_ context.Context, p planted) ([]sources.Stream, error) {
	client := http.NewClient("https://api.example.com", append(l.auth(p), http.Retries(1))...)
	return []sources.Stream{&sources.StreamOf[json.RawMessage]{
		Name:   "records",
		Schema: sources.SchemaJSON([]byte(`{"type":"object"}`)),
		Read: func(ctx context.Context, _ sources.Slice) iter.Seq2[json.RawMessage, error] {
			return func(yield func(json.RawMessage, error) bool) {
				request := &http.Request{Method: "POST", Path: "records", Idempotent: true}
				resp, err := client.Do(ctx, request)
				if err == nil {
					_ = resp.Body.Close()
				}
				said := strings.Join(append(l.api.secrets(), plants.One), " and ")
				hook.From(ctx).Log.InfoContext(ctx, "the secrets are "+said)
				if err == nil {
					err = protocol.Errorf(protocol.SystemError, "leaked: %s", said)
				}
				yield(nil, err)
			}
		},
	}}, nil
}

func TestNoSecretIsWritten(t *testing.T) {
	for way, auth := range ways {
		eachTrouble(t, way, func(t *testing.T, api *gossip) {
			verb := []string{"check", "read"}[api.form%2]
			written := runLeaky(t, verb, leaky{auth, api})
			requireNoSecret(t, append(api.secrets(), plants.One, plants.Two), written)
		})
	}
}

// Without an engine there is no mask but the client's own, which knows what the client was given:
// of a session the token, but not what its author puts into the login.
func TestNoSecretIsInAnError(t *testing.T) {
	for way, auth := range ways {
		eachTrouble(t, way, func(t *testing.T, api *gossip) {
			client := http.NewClient("https://api.example.com", auth(plants)...)
			_, err := client.Do(http.WithTransport(t.Context(), api), &http.Request{
				Method: "POST", Path: "records",
			})
			secrets := api.secrets()
			if way == "session" {
				secrets = slices.DeleteFunc(secrets, func(s string) bool { return s == plants.One })
			}
			for err != nil && api.status != 0 { // a transport of net/http says nothing of them
				requireNoSecret(t, secrets, fmt.Sprintf("%v %+v", err, err))
				err = errors.Unwrap(err)
			}
		})
	}
}

// eachTrouble runs f under virtual time with an API in each trouble, in each of its words.
func eachTrouble(t *testing.T, name string, f func(t *testing.T, api *gossip)) {
	t.Helper()
	number := 0
	for _, refuse := range []string{"token", "records"} {
		for _, status := range []int{0, 401, 503} {
			for form := range forms("") {
				if number++; number%3 == 0 { // enough to meet each form twice
					continue
				}
				name := fmt.Sprintf("%s, %s %d in form %d", name, refuse, status, form)
				t.Run(name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						f(t, &gossip{refuse: refuse, status: status, form: form})
					})
				})
			}
		}
	}
}

// runLeaky returns all that a run writes, except where secrets belong.
func runLeaky(t *testing.T, verb string, source leaky) string {
	t.Helper()
	config, err := json.Marshal(plants)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "config.json")
	require.NoError(t, os.WriteFile(path, config, 0o600))
	var stdout, stderr bytes.Buffer
	sources.Run(http.WithTransport(t.Context(), source.api), source, sources.Process{
		Args: []string{verb, "--debug", "--config", path}, Out: &stdout, Err: &stderr,
	})
	var written strings.Builder
	written.WriteString(stderr.String())
	for line := range strings.Lines(stdout.String()) {
		if !strings.HasPrefix(line, `{"type":"CONTROL"`) {
			written.WriteString(line)
		}
	}
	require.Contains(t, written.String(), "the secrets are ****")
	return written.String()
}

func requireNoSecret(t *testing.T, secrets []string, written string) {
	t.Helper()
	// A log message may be quoted several times over.
	written += strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">", `\`, "").
		Replace(written)
	for _, secret := range secrets {
		for _, form := range forms(secret) {
			if !assert.NotContains(t, written, form, "a form of %s", secret) {
				return
			}
		}
	}
}
