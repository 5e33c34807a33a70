package http

import (
	"fmt"
	"io"
	nethttp "net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// sessionAPI answers a login as it is told, and other requests with what they carry.
func sessionAPI(
	t *testing.T, login func(w nethttp.ResponseWriter, r *nethttp.Request, n int),
	f func(b *bundle),
) {
	t.Helper()
	var mu sync.Mutex
	logins := 0
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		if r.URL.Path == "/v1/login" || r.Host == "id.example.com" {
			mu.Lock()
			logins++
			n := logins
			mu.Unlock()
			login(w, r, n)
			return
		}
		_, _ = io.WriteString(w, r.Header.Get("Authorization")+r.Header.Get("X-Session")+
			r.URL.RawQuery)
	}, f)
}

func TestSession(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		auth *Session
		want []string // at once, after 29 minutes, after a minute more
	}{
		"bearer, until it is refused": {
			&Session{TokenAt: "data.token"}, []string{"Bearer s1", "Bearer s1", "Bearer s1"},
		},
		"in a header, for a time": {
			&Session{
				TokenAt: "data.token", Lifetime: 30 * time.Minute,
				As: func(token string) Option { return HeaderKey("X-Session", token) },
			},
			[]string{"s1", "s2", "s2"},
		},
		"in the query, until a date": {
			&Session{
				TokenAt: "data.token", ExpiryAt: "data.until", Early: time.Second,
				As: func(token string) Option { return QueryKey("session", token) },
			},
			[]string{"session=s1", "session=s1", "session=s2"},
		},
		"at another host": {
			&Session{Login: Request{Path: "https://id.example.com/login"}, TokenAt: "data.token"},
			[]string{"Bearer s1", "Bearer s1", "Bearer s1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sessionAPI(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
				body, _ := io.ReadAll(r.Body)
				assert.JSONEq(t, `{"user":"ann","password":"pw"}`, string(body))
				assert.Empty(t, r.Header.Get("Authorization"), "no other credentials")
				respond(w, 200, fmt.Sprintf(`{"data":{"token":"s%d","until":"2000-01-01T00:30:00Z"}}`,
					n))
			}, func(b *bundle) {
				if tt.auth.Login.Path == "" {
					tt.auth.Login.Path = "login"
				}
				tt.auth.Login.Body = map[string]string{"user": "ann", "password": "pw"}
				c := NewClient(base, tt.auth)
				for i, wait := range []time.Duration{0, 29 * time.Minute, time.Minute} {
					time.Sleep(wait)
					said, err := b.get(c, "")
					require.NoError(b, err)
					assert.Equal(b, tt.want[i], said)
				}
			})
		})
	}
}

func TestSessionLogsInAgainAfter401(t *testing.T) {
	t.Parallel()
	logins := 0
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		switch r.Header.Get("Authorization") {
		case "":
			logins++
			respond(w, 200, fmt.Sprintf(`{"token":%d}`, logins))
		case "Bearer 1":
			w.WriteHeader(401)
		}
	}, func(b *bundle) {
		_, err := b.get(NewClient(base, &Session{
			Login: Request{Method: "POST", Path: "login"}, TokenAt: "token",
		}), "records")
		require.NoError(b, err)
		assert.Equal(b, 2, logins)
	})
}

func TestSessionLoginsThatFail(t *testing.T) {
	t.Parallel()
	const what = "POST https://api.example.com/v1/login: "
	for _, tt := range []struct {
		status int
		answer string
		kind   protocol.FailureType
		want   string
	}{
		{401, `{"message":"no"}`, protocol.ConfigError, what + `the API refused the credentials ` +
			`(401 Unauthorized): "no". Check the credentials in the configuration.`},
		{422, `{"message":"no"}`, protocol.ConfigError, `The login failed; check the credentials ` +
			`in the configuration. ` + what + `the API rejected the request (422 Unprocessable ` +
			`Entity): "no". The connector sent something the API does not accept: report it to ` +
			`its maintainer.`},
		{200, `{"error":"no"}`, protocol.SystemError, `The login: the answer has no token at ` +
			`"token"; its members are ["error"]. Correct the path in the connector.`},
		{200, `no`, protocol.SystemError, `The login: the answer has no token at "token"; its ` +
			`members are []. Correct the path in the connector.`},
	} {
		sessionAPI(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
			respond(w, tt.status, tt.answer)
		}, func(b *bundle) {
			_, err := b.get(NewClient(base, &Session{
				Login: Request{Method: "POST", Path: "login"}, TokenAt: "token",
			}), "")
			requireError(b, err, tt.kind, tt.want)
		})
	}
}

// An answer that a later attempt would not mend is asked for once, and what JSON must not begin
// with is passed over as it is on a page.
func TestSessionLoginsOfOddServers(t *testing.T) {
	t.Parallel()
	attempts, encoding := 0, "br"
	sessionAPI(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		attempts = n
		if encoding != "" {
			w.Header().Set("Content-Encoding", encoding)
		}
		_, _ = io.WriteString(w, "\xef\xbb\xbf"+`{"token":"s"}`)
	}, func(b *bundle) {
		login := Request{Method: "POST", Path: "login"}
		_, err := b.get(NewClient(base, &Session{Login: login, TokenAt: "token"}), "")
		require.ErrorContains(b, err, `the answer is encoded as "br"`)
		assert.Equal(b, 1, attempts)

		encoding = ""
		said, err := b.get(NewClient(base, &Session{Login: login, TokenAt: "token"}), "")
		require.NoError(b, err)
		assert.Equal(b, "Bearer s", said)
	})
}
