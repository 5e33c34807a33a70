package image

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"
)

// node is a file of an image that a test makes.
type node struct {
	kind  byte // a regular file where it is missing
	mode  int64
	owner int
	link  string
	text  string
}

// files are those of an image, by path without the first slash.
type files map[string]node

// with returns the files with changes; one without a mode removes its file.
func (f files) with(changes files) files {
	f = maps.Clone(f)
	for name, n := range changes {
		if f[name] = n; n.mode == 0 {
			delete(f, name)
		}
	}
	return f
}

func folder(mode int64, owner int) node { return node{kind: tar.TypeDir, mode: mode, owner: owner} }

func linkTo(target string) node { return node{kind: tar.TypeSymlink, mode: 0o777, link: target} }

// shellBase is the least that a connector can stand on, with a program in the place of busybox that
// nobody starts.
func shellBase() files {
	f := files{"bin/busybox": {mode: 0o755, text: "\x7fELF"}}
	for _, applet := range []string{"sh", "sleep", "mv", "touch"} {
		f["bin/"+applet] = linkTo("busybox")
	}
	return f
}

// pack makes a tar of the files.
func (f files) pack(t testing.TB) []byte {
	t.Helper()
	var packed bytes.Buffer
	archive := tar.NewWriter(&packed)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		n := f[name]
		if n.kind == 0 {
			n.kind = tar.TypeReg
		}
		require.NoError(t, archive.WriteHeader(&tar.Header{
			Typeflag: n.kind, Name: name, Mode: n.mode, Uid: n.owner, Gid: n.owner,
			Linkname: n.link, Size: int64(len(n.text)),
		}))
		_, err := io.WriteString(archive, n.text)
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	return packed.Bytes()
}

// imageOf makes an image of one layer, of Docker's types, and changes its config.
func imageOf(t testing.TB, platform string, f files, changes ...func(*v1.Config)) v1.Image {
	t.Helper()
	packed := f.pack(t)
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(packed)), nil
	})
	require.NoError(t, err)
	img, err := mutate.AppendLayers(empty.Image, layer)
	require.NoError(t, err)
	config, err := img.ConfigFile()
	require.NoError(t, err)
	config = config.DeepCopy()
	config.OS, config.Architecture, _ = strings.Cut(platform, "/")
	config.Config.Env = []string{"PATH=/usr/bin:/bin", "LANG=C"}
	config.Config.Cmd = []string{"sh"}
	for _, change := range changes {
		change(&config.Config)
	}
	img, err = mutate.ConfigFile(img, config)
	require.NoError(t, err)
	return img
}

// indexOf makes an index of images, each for the platform that its config names.
func indexOf(t testing.TB, images ...v1.Image) v1.ImageIndex {
	t.Helper()
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, img := range images {
		config, err := img.ConfigFile()
		require.NoError(t, err)
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: img, Descriptor: v1.Descriptor{Platform: config.Platform()},
		})
	}
	return index
}

// layoutOf writes images to a folder, as one index.
func layoutOf(t testing.TB, images ...v1.Image) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "layout")
	to, err := layout.Write(dir, empty.Index)
	require.NoError(t, err)
	require.NoError(t, to.AppendIndex(indexOf(t, images...)))
	return dir
}

// bothPlatforms is a layout with a base for each platform.
func bothPlatforms(t testing.TB) string {
	t.Helper()
	f := shellBase()
	return layoutOf(t, imageOf(t, "linux/amd64", f), imageOf(t, "linux/arm64", f))
}

// tarOf writes an image as docker save does.
func tarOf(t testing.TB, img v1.Image) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "image.tar")
	tag, err := ParseTag("acme/base:1")
	require.NoError(t, err)
	require.NoError(t, tarball.WriteToFile(file, tag, img))
	return file
}

// moduleOf writes a module outside of the workspace of the kit.
func moduleOf(t testing.TB, texts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

const helloMain = "package main\n\nfunc main() { println(\"hello\") }\n"

// hello is the smallest program.
func hello(t testing.TB) *Program {
	t.Helper()
	p, err := FindProgram(t.Context(), moduleOf(t, map[string]string{
		"go.mod": "module example.com/acme/source-hello/v2\n\ngo 1.26\n", "main.go": helloMain,
	}))
	require.NoError(t, err)
	return p
}

// optionsFor builds the smallest program upon a base, to a layout.
func optionsFor(t testing.TB, base, platforms string) Options {
	t.Helper()
	tag, err := ParseTag("acme/source-hello:0.1.0")
	require.NoError(t, err)
	list, err := ParsePlatforms(platforms)
	require.NoError(t, err)
	return Options{
		Program: hello(t), Tag: tag, Platforms: list, Base: base,
		Layout: filepath.Join(t.TempDir(), "built.oci"),
	}
}

// busyboxBase is a base that can be started, of Debian's busybox-static alone. Where there is none
// the test is skipped, unless TEST_BUSYBOX_REQUIRED is set: a machine that is meant to test must
// not skip.
func busyboxBase(t testing.TB) string {
	t.Helper()
	program, applets, err := busybox()
	skipUnlessRequired(t, err)
	f := files{"bin/busybox": {mode: 0o755, text: string(program)}}
	for _, applet := range applets {
		if applet != "busybox" {
			f["bin/"+applet] = linkTo("busybox")
		}
	}
	return layoutOf(t, imageOf(t, "linux/"+runtime.GOARCH, f))
}

// skipUnlessRequired skips the test where something is missing on this machine.
func skipUnlessRequired(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("TEST_BUSYBOX_REQUIRED") != "":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}

// busybox returns the program of the machine, and the names under which it is called. It must be a
// static one, for the base has nothing else in it.
func busybox() (program []byte, applets []string, err error) {
	name, err := exec.LookPath("busybox")
	if err != nil {
		return nil, nil, err
	}
	said, err := exec.Command(name, "--list").Output()
	if err != nil {
		return nil, nil, err
	}
	if program, err = os.ReadFile(name); err != nil {
		return nil, nil, err
	}
	parsed, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		return nil, nil, err
	}
	for _, part := range parsed.Progs {
		if part.Type == elf.PT_INTERP {
			return nil, nil, errors.New(name + " needs libraries; install busybox-static")
		}
	}
	return program, strings.Fields(string(said)), nil
}
