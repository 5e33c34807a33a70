package http

import (
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

const tokenURL = "https://auth.example.com/oauth/token?tenant=7"

// oauthBubble is an API whose token endpoint answers as grant says, n from 1, and that answers with
// the credentials of a request.
func oauthBubble(
	t *testing.T, grant func(w nethttp.ResponseWriter, form url.Values, n int), f func(b *bundle),
) {
	t.Helper()
	var grants atomic.Int64
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		if r.Host != "auth.example.com" {
			_, _ = io.WriteString(w, r.Header.Get("Authorization"))
			return
		}
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		form.Set("-authorization", r.Header.Get("Authorization"))
		form.Set("-url", r.URL.String())
		grant(w, form, int(grants.Add(1)))
	}, f)
}

// tokens grants the tokens token-1, token-2 and so on, each for an hour.
func tokens(w nethttp.ResponseWriter, _ url.Values, n int) {
	respond(w, 200, fmt.Sprintf(`{"access_token":"token-%d","expires_in":3600}`, n))
}

func TestOAuthGrants(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		auth *OAuth
		want url.Values
	}{
		"refresh token": {
			&OAuth{RefreshToken: "r", ClientID: "id", ClientSecret: "se&ret"},
			url.Values{
				"grant_type": {"refresh_token"}, "refresh_token": {"r"}, "client_id": {"id"},
				"client_secret": {"se&ret"}, "-authorization": {""},
			},
		},
		"client credentials": {
			&OAuth{
				ClientID: "id", ClientSecret: "secret", ClientByBasic: true,
				Scopes: []string{"a", "b"}, Params: url.Values{"audience": {"x"}},
			},
			url.Values{
				"grant_type": {"client_credentials"}, "scope": {"a b"}, "audience": {"x"},
				"-authorization": {"Basic aWQ6c2VjcmV0"},
			},
		},
		"password": {
			&OAuth{User: "ann", Password: "pw"},
			url.Values{
				"grant_type": {"password"}, "username": {"ann"}, "password": {"pw"},
				"-authorization": {""},
			},
		},
		"another name of the grant, and headers": {
			&OAuth{
				ClientID: "id", Params: url.Values{"grant_type": {"account_credentials"}},
				Header: nethttp.Header{"authorization": {"Key k"}},
			},
			url.Values{
				"grant_type": {"account_credentials"}, "client_id": {"id"},
				"-authorization": {"Key k"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got url.Values
			oauthBubble(t, func(w nethttp.ResponseWriter, form url.Values, n int) {
				got = form
				tokens(w, form, n)
			}, func(b *bundle) {
				tt.auth.TokenURL = tokenURL
				said, err := b.get(NewClient(base, tt.auth), "records")
				require.NoError(b, err)
				assert.Equal(b, "Bearer token-1", said)
				tt.want.Set("-url", "/oauth/token?tenant=7")
				assert.Equal(b, tt.want, got)
			})
		})
	}
}

func TestOAuthRefreshesInTime(t *testing.T) {
	t.Parallel()
	oauthBubble(t, tokens, func(b *bundle) {
		c := NewClient(base, &OAuth{TokenURL: tokenURL})
		for _, want := range []struct {
			after time.Duration
			token string
		}{
			{0, "token-1"}, {58 * time.Minute, "token-1"}, {time.Minute, "token-2"},
		} {
			time.Sleep(want.after)
			said, err := b.get(c, "")
			require.NoError(b, err)
			assert.Equal(b, "Bearer "+want.token, said)
		}
	})
}

func TestOAuthOneRefreshForAllWorkersAndClients(t *testing.T) {
	t.Parallel()
	oauthBubble(t, func(w nethttp.ResponseWriter, form url.Values, n int) {
		time.Sleep(5 * time.Second)
		tokens(w, form, n)
	}, func(b *bundle) {
		shared := &OAuth{TokenURL: tokenURL}
		clients := []*Client{NewClient(base, shared), NewClient("https://files.example.com", shared)}
		var flight sync.WaitGroup
		for i := range 10 {
			flight.Go(func() {
				said, err := b.get(clients[i%2], "")
				assert.NoError(b, err)
				assert.Equal(b, "Bearer token-1", said)
			})
		}
		flight.Wait()
		assert.Equal(b, 5*time.Second, time.Since(b.start))
	})
}

// Each of the ten is refused, one asks for a new token, and all go on.
func TestOAuthAfterTokensThatTheAPIRefuses(t *testing.T) {
	t.Parallel()
	var refusals atomic.Int64
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		switch {
		case r.Host == "auth.example.com":
			tokens(w, nil, int(refusals.Add(1)))
		case r.Header.Get("Authorization") == "Bearer token-1":
			time.Sleep(time.Duration(n) * time.Second)
			w.WriteHeader(401)
		default:
			_, _ = io.WriteString(w, r.Header.Get("Authorization"))
		}
	}, func(b *bundle) {
		c := NewClient(base, &OAuth{TokenURL: tokenURL})
		var flight sync.WaitGroup
		for range 10 {
			flight.Go(func() {
				said, err := b.get(c, "")
				assert.NoError(b, err)
				assert.Equal(b, "Bearer token-2", said)
			})
		}
		flight.Wait()
		assert.EqualValues(b, 2, refusals.Load())
	})
}

func TestOAuthAnswers(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	for name, tt := range map[string]struct {
		answer string
		auth   *OAuth
		life   time.Duration // until the token is replaced
	}{
		"seconds":           {`{"access_token":"t","expires_in":1800}`, &OAuth{}, 29 * time.Minute},
		"seconds as text":   {`{"access_token":"t","expires_in":"1800"}`, &OAuth{}, 29 * time.Minute},
		"with a fraction":   {`{"access_token":"t","expires_in":1800.0}`, &OAuth{}, 29 * time.Minute},
		"short":             {`{"access_token":"t","expires_in":60}`, &OAuth{}, 30 * time.Second},
		"missing":           {`{"access_token":"t"}`, &OAuth{}, hour - time.Minute},
		"null":              {`{"access_token":"t","expires_in":null}`, &OAuth{}, hour - time.Minute},
		"zero":              {`{"access_token":"t","expires_in":0}`, &OAuth{}, hour - time.Minute},
		"missing, two days": {`{"access_token":"t"}`, &OAuth{Lifetime: 48 * hour}, 48*hour - time.Minute},
		"a date": {
			`{"access_token":"t","until":"2000-01-01T00:30:00Z"}`, &OAuth{ExpiryAt: "until"},
			29 * time.Minute,
		},
		"a time in milliseconds": {
			`{"access_token":"t","until":"946686600000"}`, &OAuth{ExpiryAt: "until"},
			29 * time.Minute,
		},
		"elsewhere": {
			`{"data":{"auth.token":"t","expires_in":1800}}`, &OAuth{TokenAt: `data.auth\.token`},
			29 * time.Minute,
		},
		"a form": {`access_token=t&expires_in=1800&scope=`, &OAuth{}, 29 * time.Minute},
		"early":  {`{"access_token":"t","expires_in":1800}`, &OAuth{Early: 10 * time.Minute}, 20 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			oauthBubble(t, func(w nethttp.ResponseWriter, _ url.Values, _ int) {
				asked++
				respond(w, 200, tt.answer)
			}, func(b *bundle) {
				tt.auth.TokenURL = tokenURL
				c := NewClient(base, tt.auth)
				said, err := b.get(c, "")
				require.NoError(b, err)
				assert.Equal(b, "Bearer t", said)
				time.Sleep(tt.life - time.Second)
				_, _ = b.get(c, "")
				assert.Equal(b, 1, asked)
				time.Sleep(time.Second)
				_, _ = b.get(c, "")
				assert.Equal(b, 2, asked)
			})
		})
	}
}

func TestLifeOf(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 6, 7, 0, 0, 0, time.UTC)
	const half = 30 * time.Minute
	for text, want := range map[string]time.Duration{
		"1800": half, "1800.5": half + 500*time.Millisecond, "1778052600": half,
		"1778052600000": half, "2026-05-06T07:30:00Z": half, "2026-05-06T09:30:00+02:00": half,
		"2026-05-06T07:30:00": half, "2026-05-06 07:30:00": half, "2026-05-06T07:30:00.000Z": half,
		"2026-05-06T07:30:00+0000": half, "Wed, 06 May 2026 07:30:00 GMT": half,
		"0": 0, "-5": 0, "NaN": 0, "never": 0, "1778050000": 0, "2026-05-06T06:00:00Z": 0,
		"1e300": farFuture,
	} {
		assert.Equal(t, want, lifeOf(text, now).Round(time.Millisecond), text)
	}
}

func TestOAuthRefusals(t *testing.T) {
	t.Parallel()
	const what = "POST https://auth.example.com/oauth/token?tenant=...: "
	const none = what + "there is no access token: the endpoint answered "
	for name, tt := range map[string]struct {
		status int
		answer string
		auth   *OAuth
		kind   protocol.FailureType
		want   string
	}{
		"a grant that is over": {
			400, `{"error":"invalid_grant","error_description":"old-refresh was revoked"}`, &OAuth{},
			protocol.ConfigError, none + `400 Bad Request: "invalid_grant **** was revoked". ` +
				`The authorization has expired or was withdrawn: authenticate again.`,
		},
		"with status 200": {
			200, `{"error":"invalid_grant"}`, &OAuth{}, protocol.ConfigError, none +
				`200 OK: "invalid_grant". The authorization has expired or was withdrawn: ` +
				`authenticate again.`,
		},
		"another password": {
			401, `{"error":"invalid_grant"}`, &OAuth{User: "ann"}, protocol.ConfigError, none +
				`401 Unauthorized: "invalid_grant". Check the credentials in the configuration, or ` +
				`authenticate again.`,
		},
		"the client": {
			401, `{"error":"invalid_client"}`, &OAuth{}, protocol.ConfigError, none +
				`401 Unauthorized: "invalid_client". Check the client ID and the client secret in ` +
				`the configuration.`,
		},
		"the scopes": {
			400, `{"error":"invalid_scope"}`, &OAuth{}, protocol.ConfigError, none +
				`400 Bad Request: "invalid_scope". The account does not grant the scopes that the ` +
				`connector needs: authenticate again with all of them.`,
		},
		"consent": {
			403, `{"error":"access_denied"}`, &OAuth{}, protocol.ConfigError, none +
				`403 Forbidden: "access_denied". Give the application access, and authenticate again.`,
		},
		"the connector": {
			400, `{"error":"unsupported_grant_type"}`, &OAuth{}, protocol.SystemError, none +
				`400 Bad Request: "unsupported_grant_type". The connector sent something the ` +
				`endpoint does not accept: report it to its maintainer.`,
		},
		"the server": {
			400, `{"error":"temporarily_unavailable"}`, &OAuth{}, protocol.TransientError, none +
				`400 Bad Request: "temporarily_unavailable". A later sync may succeed.`,
		},
		"own words": {
			403, `{"message":"the account is closed"}`, &OAuth{}, protocol.ConfigError, none +
				`403 Forbidden: "the account is closed". Check the credentials in the configuration.`,
		},
		"no words": {
			401, ``, &OAuth{}, protocol.ConfigError, none + `401 Unauthorized. Check the ` +
				`credentials in the configuration.`,
		},
		"nothing there": {
			404, ``, &OAuth{}, protocol.SystemError, what + `the API has nothing at this address ` +
				`(404 Not Found). Check the URL, and the names and IDs in the configuration.`,
		},
		"another answer": {
			200, `{"token":"T","ok":true}`, &OAuth{}, protocol.SystemError, what + `the answer has ` +
				`no access token at "access_token"; its members are ["token" "ok"]. Correct the ` +
				`path in the connector.`,
		},
		"a web page": {
			200, `<html>a=b</html>`, &OAuth{}, protocol.SystemError, what + `the answer is neither ` +
				`JSON nor a form. Check the URL of the token endpoint.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			oauthBubble(t, func(w nethttp.ResponseWriter, _ url.Values, _ int) {
				respond(w, tt.status, tt.answer)
			}, func(b *bundle) {
				tt.auth.TokenURL, tt.auth.RefreshToken = tokenURL, "old-refresh"
				c := NewClient(base, tt.auth)
				_, err := b.get(c, "records")
				requireError(b, err, tt.kind, tt.want)
				assert.Len(b, b.arrivals(), 1, "the API was not asked")
				_, _ = b.get(c, "records")
				if tt.kind == protocol.ConfigError {
					assert.Len(b, b.arrivals(), 1, "a final refusal is remembered")
				}
			})
		})
	}
}

func TestOAuthTokenURLs(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"", "auth.example.com/token", "ftp://auth.example.com/"} {
		_, err := NewClient(base, &OAuth{TokenURL: where}).Do(t.Context(), &Request{})
		require.Error(t, err)
		assert.Equal(t, protocol.ConfigError, protocol.AsError(err).Type, where)
	}
}

func TestOAuthDoesNotFollowTheEndpointElsewhere(t *testing.T) {
	t.Parallel()
	oauthBubble(t, func(w nethttp.ResponseWriter, _ url.Values, _ int) {
		w.Header().Set("Location", "https://evil.example.net/token")
		w.WriteHeader(nethttp.StatusTemporaryRedirect)
	}, func(b *bundle) {
		_, err := b.get(NewClient(base, &OAuth{TokenURL: tokenURL, ClientSecret: "SECRET"},
			Retries(0)), "")
		require.ErrorContains(b, err, "redirects a request with a body to another host")
		for _, call := range b.arrivals() {
			assert.Equal(b, "auth.example.com", call.Host)
		}
	})
}

func FuzzTokenAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"access_token":"t","expires_in":"1800","refresh_token":"r"}`, `access_token=t&expires_in=1`,
		`{"error":"invalid_grant","error_description":7}`, `{"access_token":{"x":1}}`, `[]`, `%zz=`,
		`{"access_token":"t","expires_in":1e400}`, `{"access_token":"t","expires_in":-1}`, "",
	} {
		f.Add(seed, "access_token", "expires_in")
		f.Add(seed, "a.b", "c.d")
	}
	f.Fuzz(func(t *testing.T, body, tokenAt, expiryAt string) {
		o := &OAuth{TokenAt: tokenAt, ExpiryAt: expiryAt}
		if len(splitPath(o.TokenAt)) == 0 && tokenAt != "" {
			return
		}
		answer, err := o.plainAnswer([]byte(body), time.Unix(1700000000, 0))
		if err != nil {
			assert.Nil(t, answer)
			return
		}
		token, _ := textAt(answer, []string{"access_token"})
		failed, _ := textAt(answer, []string{"error"})
		assert.NotEmpty(t, token+failed)
		if life, ok := textAt(answer, []string{"expires_in"}); ok {
			assert.False(t, strings.HasPrefix(life, "-"))
		}
	})
}
