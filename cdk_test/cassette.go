package cdktest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
	vcr "gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/internal/schema"
)

// Cassette has the connector talk to its real API once and keeps the conversation in the file
// path.yaml; where the file is there already, its answers are played and nothing is sent. To record
// anew, delete the file.
//
// No secret reaches the file: those of the config, those that are given here and the tokens in
// answers are written as ****, in whatever form they appear, and headers with credentials are left
// out. A replay therefore works with any config of the same shape. A request is found again by its
// method, its URL and its body; the same request always gets the same answer. Do not record within
// a [Bubble], in which there are no real sockets; replay works there, too.
func Cassette(t testing.TB, path string, secrets ...string) Option {
	t.Helper()
	return newCassette(t, path, nethttp.DefaultTransport, secrets)
}

// cassetteFile is a conversation on disk.
type cassetteFile struct {
	*vcr.Recorder

	mask entry.Mask
}

func newCassette(
	t testing.TB, path string, network nethttp.RoundTripper, secrets []string,
) *cassetteFile {
	t.Helper()
	c := new(cassetteFile)
	c.mask.Add(secrets...)
	mode := vcr.ModeReplayOnly
	if _, err := os.Stat(path + ".yaml"); errors.Is(err, os.ErrNotExist) {
		mode = vcr.ModeRecordOnly
	}
	var err error
	c.Recorder, err = vcr.New(path,
		vcr.WithMode(mode),
		vcr.WithRealTransport(network),
		vcr.WithSkipRequestLatency(true),
		vcr.WithReplayableInteractions(true),
		vcr.WithMatcher(c.matches),
		vcr.WithHook(c.learn, vcr.AfterCaptureHook),
		vcr.WithHook(c.scrub, vcr.BeforeSaveHook),
	)
	require.NoError(t, err, "the cassette %s cannot be used", path)
	t.Cleanup(func() {
		require.NoError(t, c.Stop(), "the cassette %s cannot be written", path)
	})
	return c
}

func (c *cassetteFile) apply(s *settings) { s.transport, s.cassette = c, c }

// learnConfig adds the secrets of a config, as the spec marks them.
func (c *cassetteFile) learnConfig(spec, config []byte) {
	if parsed, err := schema.ParseSpec(spec); err == nil {
		c.mask.Add(parsed.Secrets(config)...)
	}
}

// token matches what an answer gives away: the tokens of OAuth and their like.
var token = regexp.MustCompile(
	`"(?:access_token|refresh_token|id_token|client_secret|api_key|session_id)"\s*:\s*"([^"]+)"`)

// learn takes the tokens out of an answer, which later requests carry.
func (c *cassetteFile) learn(i *cassette.Interaction) error {
	for _, found := range token.FindAllStringSubmatch(i.Response.Body, -1) {
		c.mask.Add(found[1])
	}
	return nil
}

// scrub takes the secrets out of what goes to disk.
func (c *cassetteFile) scrub(i *cassette.Interaction) error {
	for _, text := range []*string{
		&i.Request.URL, &i.Request.RequestURI, &i.Request.Body, &i.Response.Body,
	} {
		*text = c.mask.String(*text)
	}
	for _, fields := range []map[string][]string{
		i.Request.Headers, i.Response.Headers, i.Request.Form,
	} {
		for name, values := range fields {
			if slices.Contains(credentialHeaders, nethttp.CanonicalHeaderKey(name)) {
				delete(fields, name)
				continue
			}
			for j := range values {
				values[j] = c.mask.String(values[j])
			}
		}
	}
	return nil
}

var credentialHeaders = []string{
	"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "X-Auth-Token",
}

// matches compares a request with one on disk.
func (c *cassetteFile) matches(r *nethttp.Request, kept cassette.Request) bool {
	body := ""
	if r.Body != nil && r.Body != nethttp.NoBody {
		all, err := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(all))
		if err != nil {
			return false
		}
		body = string(all)
	}
	same := func(sent, kept string) bool { return c.mask.String(sent) == c.mask.String(kept) }
	return r.Method == kept.Method && same(r.URL.String(), kept.URL) && same(body, kept.Body)
}

// RoundTrip implements [nethttp.RoundTripper].
func (c *cassetteFile) RoundTrip(r *nethttp.Request) (*nethttp.Response, error) {
	resp, err := c.Recorder.RoundTrip(r)
	if errors.Is(err, cassette.ErrInteractionNotFound) {
		return nil, fmt.Errorf("the cassette has no answer to %s %s; delete its file to record "+
			"anew",
			r.Method, strings.SplitN(c.mask.String(r.URL.String()), "?", 2)[0])
	}
	return resp, err
}
