package scaffold

import (
	"archive/zip"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/release"
)

// publish makes a folder that serves the checkout as a release, in the form of a module proxy.
func publish(t *testing.T, kit Kit, version string) string {
	t.Helper()
	proxy := t.TempDir()
	versions := filepath.Join(proxy, filepath.FromSlash(release.Module), "@v")
	require.NoError(t, os.MkdirAll(versions, 0o700))
	mod, err := os.ReadFile(filepath.Join(kit.Dir, "go.mod"))
	require.NoError(t, err)
	for name, text := range map[string]string{
		"list": version + "\n", version + ".mod": string(mod),
		version + ".info": `{"Version":"` + version + `"}`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(versions, name), []byte(text), 0o600))
	}
	packed, err := os.Create(filepath.Join(versions, version+".zip"))
	require.NoError(t, err)
	defer packed.Close()
	files := zip.NewWriter(packed)
	pack(t, files, kit.Dir, release.Module+"@"+version+"/")
	require.NoError(t, files.Close())
	return proxy
}

// pack adds the Go files of a module. Other modules below it are no part of it, and neither is what
// git ignores.
func pack(t *testing.T, files *zip.Writer, dir, prefix string) {
	t.Helper()
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		isIgnored := name == ".git" || strings.HasPrefix(name, "source-") ||
			strings.HasPrefix(name, "destination-")
		_, noModule := fs.Stat(root, name+"/go.mod")
		switch {
		case e.IsDir() && (isIgnored || name != "." && noModule == nil):
			return fs.SkipDir
		case err != nil || e.IsDir() || !strings.HasSuffix(name, ".go") && name != "go.mod":
			return err
		}
		text, err := fs.ReadFile(root, name)
		require.NoError(t, err)
		file, err := files.Create(prefix + name)
		require.NoError(t, err)
		_, err = file.Write(text)
		return err
	})
	require.NoError(t, err)
}

// A module for a release requires it as any other module, and nothing of this machine. Tidying it
// takes more modules than building the kit does, which a new machine has not downloaded: the test
// is skipped there, unless TEST_MODULES_REQUIRED is set.
func TestTidyCompletesAModuleForARelease(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	require.NoError(t, err)
	cache := filepath.Join(strings.TrimSpace(string(out)), "cache", "download")
	proxy := publish(t, checkout(t), "v0.3.1")
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(proxy)+",file://"+filepath.ToSlash(cache)+",off")
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOFLAGS", "-modcacherw") // so that the folder can be removed
	t.Setenv("GONOSUMDB", "*")
	for _, c := range []Connector{
		newConnector(t, "rest", "source-acme", "https://api.example.com/v1/"),
		newConnector(t, "sql", "destination-acme", ""),
	} {
		c.Kit = Kit{Version: "v0.3.1"}
		c.Dir = filepath.Join(t.TempDir(), c.Name.Short)
		mustBeCompletedByTidy(t, c)
	}
}

func mustBeCompletedByTidy(t *testing.T, c Connector) {
	t.Helper()
	_, err := c.Write()
	require.NoError(t, err)
	assert.NoFileExists(t, filepath.Join(c.Dir, "go.sum"))
	err = Tidy(t.Context(), c.Dir)
	if err != nil && strings.Contains(err.Error(), "module lookup disabled by GOPROXY=off") &&
		os.Getenv("TEST_MODULES_REQUIRED") == "" {
		t.Skip(err)
	}
	require.NoError(t, err)

	mod, err := os.ReadFile(filepath.Join(c.Dir, "go.mod"))
	require.NoError(t, err)
	assert.Contains(t, string(mod), "github.com/airbyte-go/cdk v0.3.1\n")
	assert.NotContains(t, string(mod), "replace")
	if driver := c.Kind.Driver; driver.Path != "" {
		assert.Contains(t, string(mod), driver.Path+" "+driver.Version+"\n")
	}
	theirs, err := readMod(checkout(t).Dir)
	require.NoError(t, err)
	for _, r := range theirs.Require {
		if r.Mod.Path == testModules[0] {
			assert.Contains(t, string(mod), r.Mod.Path+" "+r.Mod.Version+"\n")
		}
	}
	list := exec.CommandContext(t.Context(), "go", "list", "-test", "-deps", "./...")
	list.Dir = c.Dir
	list.Env = append(list.Environ(), "GOWORK=off", "GOPROXY=off")
	out, err := list.CombinedOutput()
	require.NoError(t, err, string(out))
}

func TestTidySaysWhatWentWrong(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	c := newConnector(t, "custom", "source-acme", "")
	c.Kit = Kit{Version: "v0.3.1"}
	c.Dir = filepath.Join(t.TempDir(), "source-acme")
	_, err := c.Write()
	require.NoError(t, err)
	require.ErrorContains(t, Tidy(t.Context(), c.Dir), "go mod tidy says: ")

	t.Setenv("PATH", t.TempDir())
	require.ErrorContains(t, Tidy(t.Context(), c.Dir), "there is no go command on the PATH")
}
