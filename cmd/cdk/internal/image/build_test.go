package image

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// imagesIn returns the images of a layout, in the order of its platforms.
func imagesIn(t *testing.T, dir string) []v1.Image {
	t.Helper()
	o, err := open(t.Context(), dir)
	require.NoError(t, err)
	var images []v1.Image
	for _, one := range o.images {
		images = append(images, one.image)
	}
	return images
}

func configOf(t *testing.T, img v1.Image) *v1.ConfigFile {
	t.Helper()
	config, err := img.ConfigFile()
	require.NoError(t, err)
	return config
}

func TestBuild(t *testing.T) {
	t.Parallel()
	base := bothPlatforms(t)
	o := optionsFor(t, base, Platforms)
	built, err := Build(t.Context(), o)
	require.NoError(t, err)
	require.Len(t, built.Parts, 2)
	assert.Equal(t, []string{o.Layout}, built.Written)

	index, err := layout.ImageIndexFromPath(o.Layout)
	require.NoError(t, err)
	require.NoError(t, validate.Index(index), "every blob has the digest by which it is named")
	top, err := index.IndexManifest()
	require.NoError(t, err)
	require.Len(t, top.Manifests, 1)
	assert.Equal(t, built.Digest, top.Manifests[0].Digest.String())
	assert.Equal(t, map[string]string{
		"org.opencontainers.image.ref.name": "0.1.0",
		"io.containerd.image.name":          "docker.io/acme/source-hello:0.1.0",
	}, top.Manifests[0].Annotations)

	images, bases := imagesIn(t, o.Layout), imagesIn(t, base)
	for i, architecture := range []string{"amd64", "arm64"} {
		part := built.Parts[i]
		assert.Equal(t, "linux/"+architecture, part.Platform)
		mustStandOn(t, images[i], bases[i], part)
		config := configOf(t, images[i])
		assert.Equal(t, architecture, config.Architecture)
		assert.Equal(t, []string{"/airbyte/source-hello"}, config.Config.Entrypoint)
		assert.Empty(t, config.Config.Cmd, "what the base would be started with")
		assert.Equal(t, []string{
			"PATH=/usr/bin:/bin", "LANG=C", "AIRBYTE_ENTRYPOINT=/airbyte/source-hello",
		}, config.Config.Env)
		assert.Equal(t, "1000:1000", config.Config.User)
		assert.Equal(t, "/airbyte", config.Config.WorkingDir)
		assert.Equal(t, map[string]string{
			"io.airbyte.name": "acme/source-hello", "io.airbyte.version": "0.1.0",
		}, config.Config.Labels)
		assert.True(t, config.Created.Equal(epoch))
		assert.Len(t, config.History, 2)
	}
	verdicts, err := Check(t.Context(), o.Layout)
	require.NoError(t, err)
	require.Len(t, verdicts, 2)
	for _, v := range verdicts {
		assert.Empty(t, v.Broken)
		assert.Equal(t, len(rules), v.Rules)
	}
}

// mustStandOn tells whether an image is a base, byte for byte, and one layer.
func mustStandOn(t *testing.T, img, base v1.Image, part Part) {
	t.Helper()
	layers, err := img.Layers()
	require.NoError(t, err)
	below, err := base.Layers()
	require.NoError(t, err)
	require.Len(t, layers, len(below)+1)
	for i, layer := range layers {
		kind, err := layer.MediaType()
		require.NoError(t, err)
		assert.Equal(t, types.OCILayer, kind)
		digest, err := layer.Digest()
		require.NoError(t, err)
		size, err := layer.Size()
		require.NoError(t, err)
		if i == len(below) {
			assert.Equal(t, size, part.Added)
			continue
		}
		same, err := below[i].Digest()
		require.NoError(t, err)
		assert.Equal(t, same, digest)
		assert.Equal(t, size, part.Base)
	}
	manifest, err := img.Manifest()
	require.NoError(t, err)
	assert.Equal(t, types.OCIConfigJSON, manifest.Config.MediaType)
}

// What surrounds the base files in it: owners, modes, accounts and certificates.
func TestLayer(t *testing.T) {
	t.Parallel()
	base := imageOf(t, "linux/amd64", shellBase().with(files{
		"tmp":        folder(0o755, 0),
		"config":     folder(0o777, 0),
		"etc/passwd": {mode: 0o600, text: "root:x:0:0::/:/bin/sh\nnode:x:1000:1000::/:/bin/sh"},
		"etc/group":  {mode: 0o644, text: "root:x:0:"},
		"dest":       linkTo("var/dest"),
		"etc/ssl":    linkTo("../usr/ssl"),
	}))
	o := optionsFor(t, layoutOf(t, base), "linux/amd64")
	_, err := Build(t.Context(), o)
	require.NoError(t, err)
	root, err := readRootfs(imagesIn(t, o.Layout)[0])
	require.NoError(t, err)

	type file struct {
		mode int64
		uid  int
	}
	for name, want := range map[string]file{
		"/airbyte":              {0o755, 1000},
		"/airbyte/source-hello": {0o755, 0},
		"/source":               {0o755, 1000},
		"/config":               {0o777, 0}, // the base's will do
		"/dest":                 {0o755, 1000},
		"/var/dest":             {0o755, 1000},
		"/var":                  {0o755, 0},
		"/tmp":                  {0o1777, 0},
		"/etc/passwd":           {0o644, 0},
		"/usr/ssl/certs":        {0o755, 0},
		certificatesFile:        {0o644, 0},
	} {
		e := root.stat(name)
		require.NotNil(t, e, name)
		assert.Equal(t, want, file{e.mode, e.uid}, name)
	}
	assert.Equal(t, "airbyte:x:1000:1000:Airbyte:/airbyte:/bin/sh\nroot:x:0:0::/:/bin/sh\n"+
		"node:x:1000:1000::/:/bin/sh", string(root.stat("/etc/passwd").head))
	assert.Equal(t, "root:x:0:\nairbyte:x:1000:\n", string(root.stat("/etc/group").head))
	assert.EqualValues(t, 2, root.entries["/dest"].kind-'0', "the link of the base is still one")
}

// What the base has is not written again.
func TestLayerLeavesOutWhatIsThere(t *testing.T) {
	t.Parallel()
	base := imageOf(t, "linux/amd64", shellBase().with(files{
		"tmp": folder(0o1777, 0), "config": folder(0o700, 1000), "source": folder(0o777, 0),
		"dest":               folder(0o700, 1000),
		"etc/passwd":         {mode: 0o644, text: userLine},
		"etc/group":          {mode: 0o644, text: groupLine},
		certificatesFile[1:]: {mode: 0o644, text: "-----BEGIN CERTIFICATE-----"},
	}))
	root, err := readRootfs(base)
	require.NoError(t, err)
	l, err := newLayer(root, "source-hello", nil)
	require.NoError(t, err)
	added := slices.Sorted(maps.Keys(l.files))
	assert.Equal(t, []string{"/airbyte", "/airbyte/source-hello"}, added)
}

// The same program makes the same digest and the same bytes of a tar, in another folder and with
// another environment.
func TestBuildIsReproducible(t *testing.T) {
	t.Parallel()
	base := bothPlatforms(t)
	build := func() (digest string, packed []byte) {
		o := optionsFor(t, base, Platforms) // a module in a folder of its own
		o.Tar = filepath.Join(t.TempDir(), "image.tar")
		built, err := Build(t.Context(), o)
		require.NoError(t, err)
		packed, err = os.ReadFile(filepath.Join(filepath.Dir(o.Tar), "image-linux-arm64.tar"))
		require.NoError(t, err)
		return built.Digest, packed
	}
	first, packed := build()
	second, again := build()
	assert.Equal(t, first, second)
	assert.Equal(t, packed, again)
}

// docker load takes one platform: with several each has its file.
func TestTar(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := optionsFor(t, bothPlatforms(t), Platforms)
	o.Layout, o.Tar = "", filepath.Join(dir, "hello.tar")
	built, err := Build(t.Context(), o)
	require.NoError(t, err)
	assert.Equal(t, []string{
		filepath.Join(dir, "hello-linux-amd64.tar"), filepath.Join(dir, "hello-linux-arm64.tar"),
	}, built.Written)
	for i, file := range built.Written {
		img, err := tarball.ImageFromPath(file, &o.Tag)
		require.NoError(t, err)
		require.NoError(t, validate.Image(img))
		assert.Equal(t, []string{"amd64", "arm64"}[i], configOf(t, img).Architecture)
		verdicts, err := Check(t.Context(), file)
		require.NoError(t, err)
		assert.Empty(t, verdicts[0].Broken)
	}
	mustHoldOnly(t, dir, "hello-linux-amd64.tar", "hello-linux-arm64.tar")

	// With one platform the name is the one that was given, and an older image is replaced.
	o.Tar, o.Platforms = built.Written[0], o.Platforms[:1]
	_, err = Build(t.Context(), o)
	require.NoError(t, err)
	mustHoldOnly(t, dir, "hello-linux-amd64.tar", "hello-linux-arm64.tar")
}

// A base may be a tar of docker save, and an older layout makes way.
func TestBuildUponATar(t *testing.T) {
	t.Parallel()
	base := tarOf(t, imageOf(t, "linux/arm64", shellBase()))
	o := optionsFor(t, base, "linux/arm64")
	for range 2 {
		built, err := Build(t.Context(), o)
		require.NoError(t, err)
		images := imagesIn(t, o.Layout)
		require.Len(t, images, 1)
		digest, err := images[0].Digest()
		require.NoError(t, err)
		assert.Equal(t, built.Digest, digest.String(), "one platform needs no index")
	}
	mustHoldOnly(t, filepath.Dir(o.Layout), filepath.Base(o.Layout))
	mustHoldOnly(t, o.Layout, "blobs", "index.json", "oci-layout")
	info, err := os.Stat(o.Layout)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		assert.EqualValues(t, 0o755, info.Mode().Perm())
	}
}

func mustHoldOnly(t *testing.T, dir string, names ...string) {
	t.Helper()
	found, err := os.ReadDir(dir)
	require.NoError(t, err)
	var all []string
	for _, file := range found {
		all = append(all, file.Name())
	}
	assert.Equal(t, names, all)
}

func mustTag(t *testing.T, text string) name.Tag {
	t.Helper()
	tag, err := ParseTag(text)
	require.NoError(t, err)
	return tag
}
