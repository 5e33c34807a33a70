package http

import (
	"context"
	nethttp "net/http"
	"slices"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// Session logs in with a request of its own and sends the token from the answer with every other;
// its address is an [Option] of [NewClient]. It logs in when the first request needs the token,
// anew shortly before the token ends, and when the API answers 401. One worker at a time does, with
// the retries and timeouts of the client and without its rate limit. The token is masked in all
// that the connector writes.
//
// It must not be copied or changed after its first use.
type Session struct {
	// Login is the request. Its path is appended to the base URL of the client, or a whole URL,
	// which may lead to another host. It is taken for idempotent.
	Login Request
	// TokenAt is the dotted path of the token in the answer, which is JSON; required.
	TokenAt string
	// ExpiryAt is the dotted path of the token's end, in the forms that [OAuth] takes. Empty means
	// that the answer does not say.
	ExpiryAt string
	// Lifetime is how long a token is good when the answer does not say. Zero means until the API
	// answers 401.
	Lifetime time.Duration
	// Early is how long before its end a token is replaced. Defaults to a minute, and to half its
	// life where that is shorter.
	Early time.Duration
	// As says how a token is sent, such as by [HeaderKey]. Defaults to [Bearer].
	As func(token string) Option

	once   sync.Once
	keeper *keeper
	client *Client
}

func (s *Session) apply(c *Client) {
	s.once.Do(func() {
		s.keeper = newKeeper(s.As, s.Early, s.obtain)
		s.client = c
	})
	s.keeper.join(c)
}

func (s *Session) obtain(ctx context.Context) (token string, expiry time.Time, err error) {
	login := s.Login
	login.Idempotent = true
	if !isWholeURL(login.Path) && s.client.base != nil {
		login.Path = s.client.join(login.Path)
	}
	asked := time.Now()
	body, _, err := s.client.apart(login.Path).quiet().fetch(ctx, &login)
	if err != nil {
		return "", time.Time{}, refusedLogin(err)
	}
	token, ok := textAt(body, splitPath(s.TokenAt))
	if !ok {
		return "", time.Time{}, protocol.Errorf(protocol.SystemError, "The login: %w.",
			missingAt("token", s.TokenAt, body))
	}
	life := s.Lifetime
	if text, ok := textAt(body, splitPath(s.ExpiryAt)); ok && s.ExpiryAt != "" {
		if said := lifeOf(text, asked); said > 0 {
			life = said
		}
	}
	if life > 0 {
		expiry = asked.Add(life)
	}
	return token, expiry, nil
}

// refusedLogin makes a config error of the statuses with which APIs refuse user and password.
func refusedLogin(err error) error {
	refused := []int{nethttp.StatusBadRequest, nethttp.StatusUnprocessableEntity}
	if !slices.Contains(refused, StatusOf(err)) {
		return err
	}
	e := *protocol.AsError(err)
	e.Type = protocol.ConfigError
	e.Message = "The login failed; check the credentials in the configuration. " + e.Message
	return &e
}
