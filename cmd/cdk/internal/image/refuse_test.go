package image

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What cannot be built is refused in one sentence, and what stood at the output still does.
func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	amd64 := func(changes files, more ...func(*v1.Config)) func(*testing.T, *Options) {
		return func(t *testing.T, o *Options) {
			t.Helper()
			o.Base = layoutOf(t, imageOf(t, "linux/amd64", shellBase().with(changes), more...))
		}
	}
	for name, test := range map[string]struct {
		change func(*testing.T, *Options)
		says   []string
	}{
		"no base": {
			func(_ *testing.T, o *Options) { o.Base = "./missing" },
			[]string{"./missing is not there; name a folder with an OCI layout, a tar as of "},
		},
		"base that nothing could be": {
			func(_ *testing.T, o *Options) { o.Base = "Alpine Linux" },
			[]string{`"Alpine Linux" is no folder, no file and no name of an image`},
		},
		"base for another platform": {
			func(t *testing.T, o *Options) {
				t.Helper()
				o.Base = tarOf(t, imageOf(t, "linux/arm64", shellBase()))
			},
			[]string{"is for linux/arm64 and not for linux/amd64; choose another base, or leave " +
				"linux/amd64 out of --platform"},
		},
		"base for no platform of ours": {
			func(t *testing.T, o *Options) {
				t.Helper()
				o.Base = layoutOf(t, imageOf(t, "windows/amd64", shellBase()))
			},
			[]string{"holds no image for any platform"},
		},
		"two bases for the platform": {
			func(t *testing.T, o *Options) {
				t.Helper()
				img := imageOf(t, "linux/amd64", shellBase())
				o.Base = layoutOf(t, img, img)
			},
			[]string{"holds 2 images for linux/amd64; name one that holds one of each platform"},
		},
		"base without a shell": {
			amd64(files{"bin/sh": {}}),
			[]string{
				"cannot carry a connector: it has no sh on its PATH, and the platform starts " +
					"each container through sh; use a base with a shell, such as alpine",
			},
		},
		"base whose shell nobody may start": {
			amd64(files{"bin/sh": {mode: 0o700, text: "sh"}}), []string{"it has no sh on its PATH"},
		},
		"base whose shell is nowhere near": {
			amd64(nil, func(c *v1.Config) { c.Env = []string{"PATH=/opt/bin"} }),
			[]string{"it has no sh on its PATH"},
		},
		"base without tools": {
			amd64(files{"bin/mv": {}, "bin/sleep": linkTo("gone")}),
			[]string{"it lacks sleep, mv, which the script", "use a base with busybox or core"},
		},
		"base with another airbyte": {
			amd64(files{"etc/passwd": {mode: 0o644, text: "airbyte:x:1001:1001::/:/bin/sh\n"}}),
			[]string{"a user airbyte that is not 1000:1000"},
		},
		"base with another group": {
			amd64(files{"etc/group": {mode: 0o644, text: "airbyte:x:100:\n"}}),
			[]string{"a group airbyte that is not 1000:1000"},
		},
		"base whose accounts are no file": {
			amd64(files{"etc/passwd": folder(0o755, 0)}),
			[]string{"/etc/passwd of the base cannot be read"},
		},
		"base whose root is closed": {
			amd64(files{"home": folder(0o700, 0), "dest": linkTo("home/d")}),
			[]string{"spoils the image for linux/amd64", "/dest"},
		},
		"broken tar": {
			func(t *testing.T, o *Options) {
				t.Helper()
				o.Base = tarOf(t, imageOf(t, "linux/amd64", shellBase()))
				whole, err := os.ReadFile(o.Base)
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(o.Base, whole[:len(whole)/3], 0o600))
			},
			[]string{"is no tar with one image that can be read", "make it by docker save"},
		},
		"broken layer": {
			func(t *testing.T, o *Options) {
				t.Helper()
				o.Base = layoutOf(t, imageOf(t, "linux/amd64", shellBase()))
				spoilLargest(t, filepath.Join(o.Base, "blobs", "sha256"))
			},
			[]string{"is broken or has not arrived as a whole", "get it once more"},
		},
		"folder that is no layout": {
			func(t *testing.T, o *Options) { t.Helper(); o.Base = t.TempDir() },
			[]string{"holds no OCI layout that can be read"},
		},
		"program that does not build": {
			func(t *testing.T, o *Options) {
				t.Helper()
				file := filepath.Join(o.Program.Dir, "main.go")
				text := "package main\n\nfunc main() { x() }\n"
				require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			},
			[]string{
				"does not build for linux/amd64; mend what the compiler says:\n",
				"main.go:3:15: undefined: x",
			},
		},
		"output that is no layout": {
			func(t *testing.T, o *Options) { t.Helper(); o.Layout = o.Program.Dir },
			[]string{"is in the way and no OCI layout, because it has go.mod in it; move it away " +
				"or choose another folder by --oci"},
		},
		"output that is a file": {
			func(t *testing.T, o *Options) {
				t.Helper()
				o.Layout = filepath.Join(o.Program.Dir, "main.go")
			},
			[]string{"is in the way and no folder that can be read"},
		},
		"output in no folder": {
			func(t *testing.T, o *Options) {
				t.Helper()
				o.Tar = filepath.Join(o.Program.Dir, "missing", "a.tar")
			},
			[]string{"there is no folder", "for a.tar; make it or choose another place"},
		},
		"tar that is no image": {
			func(t *testing.T, o *Options) {
				t.Helper()
				o.Tar = filepath.Join(o.Program.Dir, "main.go")
			},
			[]string{"main.go is in the way and no image", "choose another file by --tar"},
		},
		"no output": {
			func(_ *testing.T, o *Options) { o.Layout = "" },
			[]string{"nothing says where the image is to be put"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := optionsFor(t, "", "linux/amd64")
			place := filepath.Dir(o.Layout)
			o.Base = layoutOf(t, imageOf(t, "linux/amd64", shellBase()))
			test.change(t, &o)
			_, err := Build(t.Context(), o)
			require.Error(t, err)
			for _, text := range test.says {
				assert.Contains(t, err.Error(), text)
			}
			if !strings.Contains(name, "does not build") {
				assert.NotContains(t, err.Error(), "\n")
			}
			mustHoldOnly(t, place)
		})
	}
}

// spoilLargest changes a byte in the largest file of a folder.
func spoilLargest(t *testing.T, dir string) {
	t.Helper()
	found, err := os.ReadDir(dir)
	require.NoError(t, err)
	var largest string
	var most int64
	for _, file := range found {
		info, err := file.Info()
		require.NoError(t, err)
		if manifest, err := os.ReadFile(filepath.Join(dir, file.Name())); err == nil &&
			!bytes.HasPrefix(manifest, []byte("{")) && info.Size() > most {
			largest, most = filepath.Join(dir, file.Name()), info.Size()
		}
	}
	text, err := os.ReadFile(largest)
	require.NoError(t, err)
	text[len(text)/2] ^= 1
	require.NoError(t, os.WriteFile(largest, text, 0o600))
}

// An older output outlives a build that fails.
func TestFailureLeavesTheOlderImage(t *testing.T) {
	t.Parallel()
	o := optionsFor(t, layoutOf(t, imageOf(t, "linux/amd64", shellBase())), "linux/amd64")
	built, err := Build(t.Context(), o)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(o.Program.Dir, "main.go"), nil, 0o600))
	_, err = Build(t.Context(), o)
	require.Error(t, err)
	digest, err := imagesIn(t, o.Layout)[0].Digest()
	require.NoError(t, err)
	assert.Equal(t, built.Digest, digest.String())
	mustHoldOnly(t, filepath.Dir(o.Layout), filepath.Base(o.Layout))
}

func TestBuildIsInterrupted(t *testing.T) {
	t.Parallel()
	o := optionsFor(t, layoutOf(t, imageOf(t, "linux/amd64", shellBase())), "linux/amd64")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Build(ctx, o)
	require.EqualError(t, err, "interrupted")
	mustHoldOnly(t, filepath.Dir(o.Layout))
	_, err = FindProgram(ctx, o.Program.Dir)
	require.EqualError(t, err, "interrupted")
}
