package image

import (
	"debug/buildinfo"
	"path/filepath"
	"runtime"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFindProgramRefuses(t *testing.T) {
	t.Parallel()
	const mod = "module example.com/a\n\ngo 1.26\n"
	for name, test := range map[string]struct {
		files map[string]string
		says  string
	}{
		"library": {
			map[string]string{"go.mod": mod, "a.go": "package records\n"},
			"holds the package records, which is no program; name that of the connector's main",
		},
		"no Go": {
			map[string]string{"go.mod": mod, "README.md": "hello"},
			"holds no package that the go command can read; name that of the connector's main " +
				"package, or mend what it says:\n",
		},
		"no module": {map[string]string{"main.go": helloMain}, "go.mod file not found"},
		"two packages": {
			map[string]string{"go.mod": mod, "a.go": "package a\n", "b.go": "package b\n"},
			"found packages a (a.go) and b (b.go)",
		},
		"not for Linux": {
			map[string]string{"go.mod": mod, "a_windows.go": helloMain},
			"build constraints exclude all Go files",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := FindProgram(t.Context(), moduleOf(t, test.files))
			require.ErrorContains(t, err, test.says)
		})
	}
	_, err := FindProgram(t.Context(), filepath.Join(t.TempDir(), "gone"))
	require.ErrorContains(t, err, "gone; name that of the connector's main package")
}

// The name of a program is safe in a shell, and is that of its module and not of its folder.
func TestProgramName(t *testing.T) {
	t.Parallel()
	for module, want := range map[string]string{
		"example.com/acme/source-a":    "source-a",
		"example.com/acme/source-a/v3": "source-a",
		"v3":                           "v3",
		"example.com/a~b":              "a-b",
		"example.com/a/source.js":      "source.js",
	} {
		p, err := FindProgram(t.Context(), moduleOf(t, map[string]string{
			"go.mod": "module " + module + "\n\ngo 1.26\n", "main.go": helloMain,
		}))
		require.NoError(t, err, module)
		assert.Equal(t, want, p.Name)
	}
}

func TestTagsIn(t *testing.T) {
	t.Parallel()
	for flags, want := range map[string]string{
		"":                                   "",
		"-buildvcs=false\n":                  "",
		"-mod=mod -tags=a,b -trimpath=false": ",a,b",
		"--tags=c\n":                         ",c",
	} {
		assert.Equal(t, want, tagsIn(flags), flags)
	}
}

// Nothing of the place is in the binary, time zones are, and so are tags of the user.
func TestCompile(t *testing.T) {
	t.Parallel()
	p := hello(t)
	p.tags = ",mine"
	binary := filepath.Join(t.TempDir(), "hello")
	platform := v1.Platform{OS: "linux", Architecture: "arm64"}
	require.NoError(t, p.compile(t.Context(), platform, binary))
	info, err := buildinfo.ReadFile(binary)
	require.NoError(t, err)
	got := map[string]string{}
	for _, s := range info.Settings {
		got[s.Key] = s.Value
	}
	for key, want := range map[string]string{
		"-trimpath": "true", "-tags": "timetzdata,mine", "CGO_ENABLED": "0", "GOOS": "linux",
		"GOARCH": "arm64", "GOARM64": "v8.0",
	} {
		assert.Equal(t, want, got[key], key)
	}
	assert.NotContains(t, got, "vcs.revision")
	assert.Equal(t, runtime.Version(), info.GoVersion)
}

// This one is not parallel: the PATH is of the process.
func TestNoGo(t *testing.T) {
	p := hello(t)
	t.Setenv("PATH", t.TempDir())
	const says = "there is no go command on the PATH; install Go, which compiles the connector"
	_, err := FindProgram(t.Context(), p.Dir)
	require.EqualError(t, err, says)
	o := Options{
		Program: p, Tag: mustTag(t, "a:1"),
		Base:      layoutOf(t, imageOf(t, "linux/amd64", shellBase())),
		Platforms: []v1.Platform{{OS: "linux", Architecture: "amd64"}}, Tar: t.TempDir() + "/a.tar",
	}
	_, err = Build(t.Context(), o)
	require.EqualError(t, err, says)
	mustHoldOnly(t, filepath.Dir(o.Tar))
}
