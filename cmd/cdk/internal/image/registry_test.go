package image

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// registryAt serves a registry in memory on a loopback port. What refuse answers instead of it is
// the answer.
func registryAt(t *testing.T, refuse func(http.ResponseWriter, *http.Request) bool) (host string) {
	t.Helper()
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refuse == nil || !refuse(w, r) {
			inner.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// upload puts images into a registry: one as it is, several as an index.
func upload(t *testing.T, reference string, images ...v1.Image) {
	t.Helper()
	ref, err := name.ParseReference(reference)
	require.NoError(t, err)
	if len(images) == 1 {
		require.NoError(t, remote.Write(ref, images[0]))
		return
	}
	require.NoError(t, remote.WriteIndex(ref, indexOf(t, images...)))
}

// The base comes from a registry, and the image of both platforms goes to it.
func TestPullAndPush(t *testing.T) {
	t.Parallel()
	host := registryAt(t, nil)
	base := host + "/ours/base:1"
	upload(t, base, imageOf(t, "linux/amd64", shellBase()), imageOf(t, "linux/arm64", shellBase()))
	o := optionsFor(t, base, Platforms)
	o.Layout, o.Push, o.Tag = "", true, mustTag(t, host+"/acme/source-hello:0.1.0")
	built, err := Build(t.Context(), o)
	require.NoError(t, err)
	assert.Equal(t, []string{o.Tag.String()}, built.Written)

	found, err := remote.Index(o.Tag)
	require.NoError(t, err)
	require.NoError(t, validate.Index(found))
	digest, err := found.Digest()
	require.NoError(t, err)
	assert.Equal(t, built.Digest, digest.String())
	verdicts, err := Check(t.Context(), o.Tag.String())
	require.NoError(t, err)
	require.Len(t, verdicts, 2)
	for _, v := range verdicts {
		assert.Empty(t, v.Broken)
	}

	// Under another tag the label is wrong, and a digest says nothing of it.
	upload(t, host+"/acme/source-hello:0.2.0", imagesIn(t, o.Tag.String())...)
	verdicts, err = Check(t.Context(), host+"/acme/source-hello:0.2.0")
	require.NoError(t, err)
	require.Len(t, verdicts[0].Broken, 1)
	assert.Equal(t, `its label io.airbyte.version is "0.1.0" and its tag is "0.2.0"`,
		verdicts[0].Broken[0].Wrong)
	verdicts, err = Check(t.Context(), host+"/acme/source-hello@"+built.Digest)
	require.NoError(t, err)
	assert.Empty(t, verdicts[0].Broken)

	// One platform is pushed without an index, and an image without one will do as a base.
	upload(t, base, imageOf(t, "linux/arm64", shellBase()))
	o.Platforms = o.Platforms[1:]
	built, err = Build(t.Context(), o)
	require.NoError(t, err)
	img, err := remote.Image(o.Tag)
	require.NoError(t, err)
	digest, err = img.Digest()
	require.NoError(t, err)
	assert.Equal(t, built.Digest, digest.String())
}

// Whatever a registry answers ends in a sentence that names it and what to do.
func TestRegistryRefuses(t *testing.T) {
	t.Parallel()
	answer := func(status int) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			if status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", `Basic realm="ours"`)
			}
			w.WriteHeader(status)
			return true
		}
	}
	for name, test := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request) bool
		says   string
		pull   string // what only pulling says
		push   string // what only pushing says
	}{
		"no login": {
			answer: answer(401),
			says:   "HOST wants a login; run docker login HOST, or have another tool write it",
		},
		"no right":   {answer: answer(403), says: "HOST forbids it to this account; ask for"},
		"too many":   {answer: answer(429), says: "HOST has had too many requests; log in, or"},
		"odd status": {answer: answer(418), says: "HOST refuses it with status 418"},
		"not there": {
			answer: notThere, says: "HOST does not know it; ", pull: "name a base that is here",
			push: "make the repository there first",
		},
		"no registry": {
			answer: website, says: "what HOST says cannot be used; look whether it is a registry",
		},
		"out of order": {
			answer: answer(501), says: "HOST is out of order; try again later",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := registryAt(t, test.answer)
			says := strings.ReplaceAll(test.says, "HOST", host)
			o := optionsFor(t, host+"/ours/base:1", "linux/amd64")
			place := filepath.Dir(o.Layout)
			_, err := Build(t.Context(), o)
			require.ErrorContains(t, err, host+"/ours/base:1 is not loaded: ")
			require.ErrorContains(t, err, says)
			require.ErrorContains(t, err, test.pull)
			assert.NotContains(t, err.Error(), "\n")
			mustHoldOnly(t, place)

			_, err = Check(t.Context(), o.Base)
			require.ErrorContains(t, err, says)

			o.Base = layoutOf(t, imageOf(t, "linux/amd64", shellBase()))
			o.Push, o.Layout, o.Tag = true, "", mustTag(t, host+"/acme/source-hello:1")
			_, err = Build(t.Context(), o)
			require.ErrorContains(t, err, host+"/acme/source-hello:1 is not pushed: ")
			require.ErrorContains(t, err, says)
			require.ErrorContains(t, err, test.push)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func notThere(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path == "/v2/" {
		return false
	}
	w.WriteHeader(http.StatusNotFound)
	return true
}

func website(w http.ResponseWriter, _ *http.Request) bool {
	_, _ = io.WriteString(w, "<html>welcome</html>")
	return true
}

// A registry has the base, but not for every platform that was asked for.
func TestRegistryHasNotThePlatform(t *testing.T) {
	t.Parallel()
	host := registryAt(t, nil)
	upload(t, host+"/ours/base:1", imageOf(t, "linux/amd64", shellBase()))
	_, err := Build(t.Context(), optionsFor(t, host+"/ours/base:1", Platforms))
	require.ErrorContains(t, err, "is for linux/amd64 and not for linux/arm64")
}

// A layer that does not arrive as a whole is noticed before anything is built on it.
func TestRegistryBreaksOff(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	host := registryAt(t, func(w http.ResponseWriter, r *http.Request) bool {
		isBlob := strings.Contains(r.URL.Path, "/blobs/") && r.Method == http.MethodGet
		if !broken.Load() || !isBlob {
			return false
		}
		w.Header().Set("Content-Length", "100000")
		_, _ = io.WriteString(w, "half")
		return true
	})
	upload(t, host+"/ours/base:1", imageOf(t, "linux/amd64", shellBase()))
	broken.Store(true)
	o := optionsFor(t, host+"/ours/base:1", "linux/amd64")
	_, err := Build(t.Context(), o)
	require.Error(t, err)
	assert.Contains(t, err.Error(), host+"/ours/base:1")
	assert.NotContains(t, err.Error(), "\n")
	mustHoldOnly(t, filepath.Dir(o.Layout))
}

func TestRegistryIsNotThere(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	host := listener.Addr().String()
	require.NoError(t, listener.Close())
	_, err = Check(t.Context(), host+"/ours/base:1")
	require.ErrorContains(t, err, "the registry "+host+" cannot be reached; look at the name")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Check(ctx, host+"/ours/base:1")
	require.EqualError(t, err, "interrupted")
}
