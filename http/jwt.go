package http

import (
	"cmp"
	"context"
	"encoding/base64"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/airbyte-go/cdk/protocol"
)

// JWT signs tokens of its own and sends them with every request; its address is an [Option] of
// [NewClient], and of an [OAuth] the Assertion. A token is signed when the first request needs it
// and serves until shortly before its end.
//
// It must not be copied or changed after its first use.
type JWT struct {
	// Algorithm is HS256, RS256, PS256 or ES256, each with 384 and 512 too, or EdDSA; required.
	Algorithm string
	// Key is the secret of an HS algorithm, or the private key of another in PEM; required. Line
	// breaks of a key may be written as \n, as environment files have them.
	Key string
	// KeyIsBase64 says that Key is encoded as base64, of either alphabet.
	KeyIsBase64 bool
	// KeyID is sent in the header as kid. Empty sends none.
	KeyID string

	// Issuer is the claim iss. Empty leaves it out, like the next two.
	Issuer string
	// Subject is the claim sub.
	Subject string
	// Audience is the claim aud.
	Audience string
	// Claims are further claims; they replace those above, but neither iat nor exp.
	Claims map[string]any
	// Header holds further members of the header.
	Header map[string]any
	// Lifetime is the time between the claims iat and exp. Defaults to 20 minutes.
	Lifetime time.Duration

	// Early is how long before its end a token is replaced. Defaults to a minute, and to half its
	// life where that is shorter.
	Early time.Duration
	// As says how a token is sent. Defaults to [Bearer].
	As func(token string) Option

	once   sync.Once
	keeper *keeper
	parsed sync.Once
	key    any
	fault  error
}

func (j *JWT) apply(c *Client) {
	j.once.Do(func() {
		j.keeper = newKeeper(j.As, j.Early, func(context.Context) (string, time.Time, error) {
			now := time.Now()
			token, err := j.sign(now, "")
			return token, now.Add(j.lifetime()), err
		})
	})
	c.hide(j.Key)
	j.keeper.join(c)
}

func (j *JWT) lifetime() time.Duration { return cmp.Or(j.Lifetime, 20*time.Minute) }

// sign returns a token. audience is what the claim defaults to.
func (j *JWT) sign(now time.Time, audience string) (string, error) {
	j.parsed.Do(func() { j.key, j.fault = j.parseKey() })
	if j.fault != nil {
		return "", j.fault
	}
	claims := jwt.MapClaims{}
	for name, value := range map[string]string{
		"iss": j.Issuer, "sub": j.Subject, "aud": cmp.Or(j.Audience, audience),
	} {
		if value != "" {
			claims[name] = value
		}
	}
	maps.Copy(claims, j.Claims)
	claims["iat"], claims["exp"] = now.Unix(), now.Add(j.lifetime()).Unix()
	token := jwt.NewWithClaims(jwt.GetSigningMethod(j.Algorithm), claims)
	if j.KeyID != "" {
		token.Header["kid"] = j.KeyID
	}
	maps.Copy(token.Header, j.Header)
	token.Header["alg"] = j.Algorithm
	signed, err := token.SignedString(j.key)
	if err != nil {
		return "", protocol.Errorf(protocol.ConfigError, "The key does not sign with %s: %w. "+
			"Check the key in the configuration.", j.Algorithm, err)
	}
	return signed, nil
}

// parseKey returns the key in the form that the algorithm takes. No error shows any of it.
func (j *JWT) parseKey() (any, error) {
	key := []byte(j.Key)
	if j.KeyIsBase64 {
		var err error
		if key, err = decodeBase64(j.Key); err != nil {
			return nil, keyError("is not valid base64")
		}
	}
	family := strings.TrimRight(j.Algorithm, "0123456789")
	if family != "HS" {
		key = unfoldPEM(key)
	}
	switch method := jwt.GetSigningMethod(j.Algorithm); {
	case method == nil || family == "none":
		return nil, protocol.Errorf(protocol.SystemError, "The connector signs with the algorithm "+
			"%q, which is none of HS256, RS256, PS256, ES256 and their kin, or EdDSA.", j.Algorithm)
	case len(key) == 0:
		return nil, keyError("is empty")
	case family == "HS":
		return key, nil
	case strings.Contains(string(key), "ENCRYPTED"):
		return nil, keyError("is encrypted; remove its passphrase first")
	case family == "ES":
		return parsePEM(key, "an EC", jwt.ParseECPrivateKeyFromPEM)
	case family == "EdDSA":
		return parsePEM(key, "an Ed25519", jwt.ParseEdPrivateKeyFromPEM)
	default:
		return parsePEM(key, "an RSA", jwt.ParseRSAPrivateKeyFromPEM)
	}
}

func parsePEM[K any](text []byte, kind string, parse func([]byte) (K, error)) (any, error) {
	key, err := parse(text)
	if err != nil {
		return nil, keyError("is not " + kind + " private key in PEM, which starts with " +
			"-----BEGIN")
	}
	return key, nil
}

func keyError(problem string) error {
	return protocol.Errorf(protocol.ConfigError,
		"The key to sign with %s. Enter it again in the configuration.", problem)
}

// unfoldPEM restores the line breaks of a key that went through an environment file.
func unfoldPEM(key []byte) []byte {
	return []byte(strings.ReplaceAll(strings.TrimSpace(string(key)), `\n`, "\n"))
}

// decodeBase64 takes both alphabets, padding or none, and line breaks.
func decodeBase64(text string) ([]byte, error) {
	text = strings.NewReplacer("-", "+", "_", "/", "\n", "", "\r", "", " ", "").Replace(text)
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
}
