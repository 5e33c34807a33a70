package main

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// runImage runs `cdk image` in this process.
func runImage(args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = run(append([]string{"image"}, args...), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// imageBase writes a layout with a base for linux/amd64: the names of a shell and its tools.
func imageBase(t *testing.T, tools ...string) string {
	t.Helper()
	var packed bytes.Buffer
	archive := tar.NewWriter(&packed)
	for _, tool := range tools {
		require.NoError(t, archive.WriteHeader(&tar.Header{
			Typeflag: tar.TypeReg, Name: "bin/" + tool, Mode: 0o755,
		}))
	}
	require.NoError(t, archive.Close())
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(packed.Bytes())), nil
	})
	require.NoError(t, err)
	img, err := mutate.AppendLayers(empty.Image, layer)
	require.NoError(t, err)
	config, err := img.ConfigFile()
	require.NoError(t, err)
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", "amd64"
	img, err = mutate.ConfigFile(img, config)
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "base")
	to, err := layout.Write(dir, empty.Index)
	require.NoError(t, err)
	require.NoError(t, to.AppendImage(img,
		layout.WithPlatform(v1.Platform{OS: "linux", Architecture: "amd64"})))
	return dir
}

// connectorDir writes the smallest module, with its name in a metadata.yaml if there is a text.
func connectorDir(t *testing.T, metadata string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":        "module example.com/acme/source-tiny\n\ngo 1.26\n",
		"main.go":       "package main\n\nfunc main() {}\n",
		"metadata.yaml": metadata,
	} {
		if text != "" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		}
	}
	return dir
}

func TestImageRefuses(t *testing.T) {
	t.Parallel()
	const seeHelp = "; run `cdk image --help` to see how it is used.\n"
	dir := connectorDir(t, "")
	library := connectorDir(t, "")
	err := os.WriteFile(filepath.Join(library, "main.go"), []byte("package a\n"), 0o600)
	require.NoError(t, err)
	base := imageBase(t, "sh", "sleep", "mv", "touch")
	out := filepath.Join(t.TempDir(), "out.oci")
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no folder":    {nil, 2, "the folder of the connector is missing; . is this one" + seeHelp},
		"two folders":  {[]string{dir, "b"}, 2, `there is an argument too much, "b"` + seeHelp},
		"no such flag": {[]string{dir, "--fast"}, 2, "flag provided but not defined: -fast"},
		"empty tag":    {[]string{dir, "--tag="}, 2, "the flag --tag is empty; leave it out"},
		"empty tar":    {[]string{dir, "--tar="}, 2, "the flag --tar is empty"},
		"bad platform": {[]string{dir, "--platform", "linux"}, 2, `there is no platform "linux"`},
		"check and folder": {
			[]string{dir, "--check", "a:1"}, 2,
			"--check builds nothing and takes nothing beside it" + seeHelp,
		},
		"check and flag": {
			[]string{"--check", "a:1", "--push"}, 2, "--check builds nothing",
		},
		"bad tag": {
			[]string{dir, "--tag", "acme/source-tiny"}, 1, `"acme/source-tiny" names no version; give`,
		},
		"push to nowhere": {
			[]string{dir, "--push"}, 1,
			"nothing says where to push to; name the image by --tag, such as " +
				"registry.example.com/acme/source-tiny:0.1.0\n",
		},
		"no such folder": {[]string{filepath.Join(dir, "gone")}, 1, "there is no folder "},
		"no program":     {[]string{library}, 1, "holds the package a, which is no program"},
		"no base": {
			[]string{dir, "--oci", out, "--base", "./gone"}, 1, "./gone is not there; name a",
		},
		"base without a platform": {
			[]string{dir, "--oci", out, "--base", base}, 1,
			"is for linux/amd64 and not for linux/arm64; choose another base, or leave " +
				"linux/arm64 out of --platform\n",
		},
		"base without a shell": {
			[]string{
				dir, "--oci", out, "--base", imageBase(t, "mv"), "--platform", "linux/amd64",
			}, 1, "it has no sh on its PATH, and the platform starts each container through sh",
		},
		"output in the way": {
			[]string{dir, "--oci", dir, "--base", base}, 1, "is in the way and no OCI layout",
		},
		"check of nothing": {[]string{"--check", "./gone"}, 1, "./gone is not there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, said, errs := runImage(test.args...)
			assert.Equal(t, test.code, code)
			assert.Empty(t, said)
			assert.Contains(t, errs, "cdk image: ")
			assert.Contains(t, errs, test.says)
			assert.Equal(t, 1, strings.Count(errs, "\n"))
			assert.False(t, exists(out))
		})
	}
}

func TestImageHelp(t *testing.T) {
	t.Parallel()
	code, out, errs := runImage("--help")
	assert.Zero(t, code)
	assert.Empty(t, errs)
	assert.Equal(t, imageUsage, out)
	for _, name := range []string{"tag", "platform", "base", "oci", "tar", "push", "check"} {
		assert.Contains(t, out, "  --"+name+" ")
	}
	var errBuffer bytes.Buffer
	assert.Equal(t, 1, run([]string{"image", "-h"}, fullDisk{}, &errBuffer))
	assert.Equal(t, "cdk image: no space left on device\n", errBuffer.String())
}

// The image takes its name from metadata.yaml, tells its sizes and digests, and keeps the rules
// that the base alone breaks.
func TestImage(t *testing.T) {
	t.Parallel()
	dir := connectorDir(t, "data:\n  dockerRepository: acme/source-tiny\n  dockerImageTag: 1.2.3\n")
	base := imageBase(t, "sh", "sleep", "mv", "touch")
	built := filepath.Join(t.TempDir(), "built.oci")
	packed := filepath.Join(t.TempDir(), "tiny.tar")
	args := []string{
		"--platform", "linux/amd64", "--base", base, dir, "--oci", built, "--tar", packed,
	}
	code, out, errs := runImage(args...)
	require.Zero(t, code, errs)
	assert.Regexp(t, `^acme/source-tiny:1\.2\.3  (sha256:[0-9a-f]{64})
  linux/amd64  [0-9.]+ MiB \+ 0\.0 MiB of the base `+regexp.QuoteMeta(base)+`  sha256:[0-9a-f]{64}
written to `+regexp.QuoteMeta(built)+`
written to `+regexp.QuoteMeta(packed)+`
$`, out)
	again, outAgain, _ := runImage(args...)
	assert.Zero(t, again)
	assert.Equal(t, out, outAgain, "the same digests")

	code, out, errs = runImage("--check", built, "--check", packed)
	assert.Zero(t, code, errs)
	assert.Equal(t, built+" linux/amd64: 10 rules, 0 broken\n"+
		packed+" linux/amd64: 10 rules, 0 broken\n", out)

	code, out, errs = runImage("--check", base, "--check", "./gone", "--check", built)
	assert.Equal(t, 1, code)
	assert.Contains(t, errs, "./gone is not there")
	assert.Contains(t, out, base+" linux/amd64: 10 rules, 7 broken\n  entrypoint: "+
		"AIRBYTE_ENTRYPOINT is not set, and the platform starts what it says; "+
		"set ENTRYPOINT and the variable AIRBYTE_ENTRYPOINT to the same absolute command\n")
	assert.Contains(t, out, built+" linux/amd64: 10 rules, 0 broken\n", "one that fails stops none")
}

func TestImageReportsAFailedWrite(t *testing.T) {
	t.Parallel()
	base := imageBase(t, "sh", "sleep", "mv", "touch")
	var errs bytes.Buffer
	built := filepath.Join(t.TempDir(), "built.oci")
	code := run([]string{
		"image", connectorDir(t, ""), "--platform=linux/amd64", "--base", base, "--oci", built,
	}, fullDisk{}, &errs)
	assert.Equal(t, 1, code)
	assert.Equal(t, "cdk image: no space left on device\n", errs.String())
	errs.Reset()
	assert.Equal(t, 1, run([]string{"image", "--check", built}, fullDisk{}, &errs))
	assert.Equal(t, "cdk image: no space left on device\n", errs.String())
}

// Without an output the image goes to a folder here that is named after the program.
func TestImageDefaults(t *testing.T) {
	t.Parallel()
	f, err := parseImage([]string{connectorDir(t, "")})
	require.NoError(t, err)
	o, err := f.options(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "source-tiny.oci", o.Layout)
	assert.Equal(t, "source-tiny:dev", o.Tag.String())
	assert.Equal(t, "alpine:3.22", o.Base)
	assert.Len(t, o.Platforms, 2)
	for _, flag := range []string{"--tar=a.tar", "--push"} {
		f, err := parseImage([]string{".", flag, "--tag=a/b:1"})
		require.NoError(t, err)
		f.dir = connectorDir(t, "")
		o, err := f.options(t.Context())
		require.NoError(t, err)
		assert.Empty(t, o.Layout, flag)
	}
}

// A new module is made into an image by the first command that its README names for it.
func TestImageOfANewModule(t *testing.T) {
	t.Parallel()
	cdk := buildCDK(t)
	dir := t.TempDir()
	create := exec.CommandContext(t.Context(), cdk, "new", "source-old-system", "--kind", "custom")
	create.Dir = dir
	create.Env = append(create.Environ(), "GOPROXY=off")
	output(t, create)
	dir = filepath.Join(dir, "source-old-system")
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	require.NoError(t, err)
	assert.Contains(t, string(readme), "**Ship it.** `cdk image .` makes the image that")
	assert.Contains(t, string(readme), "in the folder `source-old-system.oci`, without Docker")
	ignored, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
	require.NoError(t, err)
	assert.Contains(t, string(ignored), "\n/source-old-system.oci/\n")

	base := imageBase(t, "sh", "sleep", "mv", "touch")
	build := exec.CommandContext(t.Context(), cdk, "image", ".", "--base", base,
		"--platform", "linux/amd64")
	build.Dir = dir
	build.Env = append(build.Environ(), "GOPROXY=off")
	assert.Contains(t, output(t, build), "old-system/source-old-system:0.1.0  sha256:")
	assert.True(t, exists(dir, "source-old-system.oci", "index.json"))
}
