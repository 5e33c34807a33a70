package http

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// keyPair is a private key in PEM and what verifies its signatures.
type keyPair struct {
	private string
	public  any
}

func newKeys(t testing.TB) map[string]keyPair {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	public, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return map[string]keyPair{
		"RS": {toPEM(t, rsaKey), &rsaKey.PublicKey}, "ES": {toPEM(t, ecKey), &ecKey.PublicKey},
		"Ed": {toPEM(t, edKey), public},
	}
}

func toPEM(t testing.TB, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// signed returns the token that a client sends, after its scheme.
func (b *bundle) signed(c *Client) string {
	b.Helper()
	said, err := b.get(c, "")
	require.NoError(b, err)
	return strings.TrimPrefix(said, "Bearer ")
}

// says answers with the header Authorization.
func says(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
	_, _ = io.WriteString(w, r.Header.Get("Authorization"))
}

func TestJWTAlgorithms(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	secret := []byte("\x00a secret of bytes\xff")
	folded := strings.ReplaceAll(keys["RS"].private, "\n", `\n`)
	for name, tt := range map[string]struct {
		auth   *JWT
		verify any
	}{
		"HS256": {&JWT{Key: "a secret"}, []byte("a secret")},
		"HS512": {
			&JWT{Key: base64.StdEncoding.EncodeToString(secret) + "\n", KeyIsBase64: true}, secret,
		},
		"HS384": {
			&JWT{Key: base64.RawURLEncoding.EncodeToString(secret), KeyIsBase64: true}, secret,
		},
		"RS256": {&JWT{Key: keys["RS"].private}, keys["RS"].public},
		"RS512": {&JWT{Key: folded}, keys["RS"].public},
		"PS384": {
			&JWT{
				Key:         base64.StdEncoding.EncodeToString([]byte(keys["RS"].private)),
				KeyIsBase64: true,
			},
			keys["RS"].public,
		},
		"ES256": {&JWT{Key: keys["ES"].private}, keys["ES"].public},
		"EdDSA": {&JWT{Key: keys["Ed"].private}, keys["Ed"].public},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, says, func(b *bundle) {
				tt.auth.Algorithm = name
				tt.auth.KeyID, tt.auth.Issuer, tt.auth.Subject = "k1", "me", "you"
				tt.auth.Audience = "them"
				tt.auth.Claims = map[string]any{"role": "admin", "exp": 1, "sub": "other"}
				tt.auth.Header = map[string]any{"cty": "x", "alg": "none"}
				text := b.signed(NewClient(base, tt.auth))
				token, err := jwt.Parse(text,
					func(*jwt.Token) (any, error) { return tt.verify, nil },
					jwt.WithValidMethods([]string{name}), jwt.WithTimeFunc(time.Now))
				require.NoError(b, err)
				assert.Equal(b, map[string]any{"alg": name, "typ": "JWT", "kid": "k1", "cty": "x"},
					token.Header)
				now := float64(time.Now().Unix())
				assert.Equal(b, jwt.MapClaims{
					"iss": "me", "sub": "other", "aud": "them", "role": "admin", "iat": now,
					"exp": now + 1200,
				}, token.Claims)
			})
		})
	}
}

func TestJWTIsSignedOnceUntilItsEndIsNear(t *testing.T) {
	t.Parallel()
	bubble(t, says, func(b *bundle) {
		c := NewClient(base, &JWT{Algorithm: "HS256", Key: "secret", Lifetime: 10 * time.Minute})
		first := b.signed(c)
		time.Sleep(9*time.Minute - time.Second)
		assert.Equal(b, first, b.signed(c))
		time.Sleep(time.Second)
		assert.NotEqual(b, first, b.signed(c))
	})
}

func TestJWTKeysThatAreNone(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	const again = " Enter it again in the configuration."
	for _, tt := range []struct {
		auth *JWT
		kind protocol.FailureType
		want string
	}{
		{&JWT{Algorithm: "HS256"}, protocol.ConfigError, "The key to sign with is empty." + again},
		{&JWT{Algorithm: "HS256", Key: "SECRET!", KeyIsBase64: true}, protocol.ConfigError,
			"The key to sign with is not valid base64." + again},
		{&JWT{Algorithm: "RS256", Key: "SECRET"}, protocol.ConfigError, "The key to sign with is " +
			"not an RSA private key in PEM, which starts with -----BEGIN." + again},
		{&JWT{Algorithm: "ES256", Key: keys["RS"].private}, protocol.ConfigError, "The key to " +
			"sign with is not an EC private key in PEM, which starts with -----BEGIN." + again},
		{&JWT{Algorithm: "EdDSA", Key: keys["ES"].private}, protocol.ConfigError, "The key to " +
			"sign with is not an Ed25519 private key in PEM, which starts with -----BEGIN." +
			again},
		{&JWT{Algorithm: "PS256", Key: "-----BEGIN ENCRYPTED PRIVATE KEY-----\nSECRET"},
			protocol.ConfigError,
			"The key to sign with is encrypted; remove its passphrase first." + again},
		{&JWT{Algorithm: "ES512", Key: keys["ES"].private}, protocol.ConfigError, "The key does " +
			"not sign with ES512: key is invalid. Check the key in the configuration."},
		{&JWT{Algorithm: "none", Key: "SECRET"}, protocol.SystemError, "The connector signs with " +
			`the algorithm "none", which is none of HS256, RS256, PS256, ES256 and their kin, or ` +
			"EdDSA."},
		{&JWT{Key: "SECRET"}, protocol.SystemError, `The connector signs with the algorithm "", ` +
			"which is none of HS256, RS256, PS256, ES256 and their kin, or EdDSA."},
	} {
		bubble(t, says, func(b *bundle) {
			_, err := b.get(NewClient(base, tt.auth), "")
			requireError(b, err, tt.kind, tt.want)
		})
	}
}

func TestOAuthAssertion(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	oauthBubble(t, func(w nethttp.ResponseWriter, form url.Values, n int) {
		token, err := jwt.Parse(form.Get("assertion"),
			func(*jwt.Token) (any, error) { return keys["RS"].public, nil },
			jwt.WithAudience(tokenURL), jwt.WithTimeFunc(time.Now))
		assert.NoError(t, err)
		assert.Equal(t, assertionGrant, form.Get("grant_type"))
		assert.Equal(t, "a b", token.Claims.(jwt.MapClaims)["scope"])
		assert.Empty(t, form.Get("scope"))
		tokens(w, form, n)
	}, func(b *bundle) {
		assert.Equal(b, "token-1", b.signed(NewClient(base, &OAuth{
			TokenURL: tokenURL,
			Assertion: &JWT{
				Algorithm: "RS256", Key: keys["RS"].private, Issuer: "robot@example.com",
				Claims: map[string]any{"scope": "a b"},
			},
		})))
	})
}

func FuzzJWTKey(f *testing.F) {
	keys := newKeys(f)
	for _, algorithm := range []string{
		"HS256", "RS256", "PS512", "ES256", "EdDSA", "none", "XS256",
	} {
		for _, key := range keys {
			f.Add(algorithm, key.private, false)
		}
		f.Add(algorithm, "c2VjcmV0", true)
	}
	f.Fuzz(func(t *testing.T, algorithm, key string, encoded bool) {
		j := &JWT{Algorithm: algorithm, Key: key, KeyIsBase64: encoded}
		token, err := j.sign(time.Unix(1700000000, 0), "")
		if err != nil {
			assert.Empty(t, token)
			if len(key) > 40 {
				assert.NotContains(t, err.Error(), key)
			}
			return
		}
		assert.Equal(t, 2, strings.Count(token, "."), fmt.Sprint(algorithm))
	})
}
